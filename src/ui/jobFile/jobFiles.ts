import type { DocumentSelector } from 'vscode';

/** What is a job file for editors. */
export const jobFiles: DocumentSelector = { pattern: '**/*.s3job.json' };
