/** Where the jobs that a window follows are remembered, in the state of the workspace. */
export const followedKey = 's3batch.jobs.followed';
