/** Where the record of a job's changes lies in the job's folder: the engine writes it, whoever shows it reads it. */
export const changesFileName = 'changes.jsonl';

/** Folder of the bytes that changes replaced; the files in it have the changes' numbers for names. */
export const keptFolderName = 'before';
