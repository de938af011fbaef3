/** A handler in TypeScript that says what it makes of each key; `resultCode` is the expression of what it answers with. */
export function madeHandler(resultCode: string): string {
  return `interface Task { taskId: string; s3Key: string }
let count: number = 0;
export async function handler(event: { invocationId: string; tasks: Task[] }): Promise<object> {
  const [task] = event.tasks;
  count += 1;
  const newKey: string = task.s3Key.toUpperCase();
  console.log('made', newKey);
  return {
    invocationSchemaVersion: '1.0',
    invocationId: event.invocationId,
    results: [{ taskId: task.taskId, resultCode: ${resultCode}, resultString: newKey }],
  };
}
`;
}
