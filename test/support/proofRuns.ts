/** How many cases a property test tries: few by default, the number that was promised with S3BATCH_PROOF=full. */
export function proofRuns(usual: number, full: number): number {
  return process.env['S3BATCH_PROOF'] === 'full' ? full : usual;
}
