/** Id of the local engine among the targets. */
export const localTargetId = 'local';
