// A handler with the classic slip: a name that was never assigned. JavaScript finds it only when the line runs.
exports.handler = async (event) => {
  const [task] = event.tasks;
  const key = decodeURIComponent(task.s3Key.replaceAll('+', ' '));
  const renamed = key.replace('A', 'B');
  return {
    invocationSchemaVersion: event.invocationSchemaVersion,
    treatMissingKeysAs: 'PermanentFailure',
    invocationId: event.invocationId,
    results: [{ taskId: task.taskId, resultCode: 'Succeeded', resultString: newKey }],
  };
};
