/** Stands behind each text of the job API that AWS does not publish, so that it is told for ours wherever it is shown. */
export const emulatedText = '(emulated text)';
