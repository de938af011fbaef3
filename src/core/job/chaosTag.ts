/** Tag of a job on the local engine: its value is the seed of the faults that its tasks meet. */
export const chaosTag = 's3batch:chaos';
