import type { EngineConnection } from '../../core/job/target.js';

/**
 * Lines for a shell in which the AWS CLI shall use the local engine. Every client puts the account id before the host of s3control,
 * so that an endpoint at 127.0.0.1 alone can't work: the requests go through HTTP_PROXY instead, and `--endpoint-url` must be named on
 * each call, because older clients ignore AWS_ENDPOINT_URL and would talk to AWS. The keys are worth nothing there.
 */
export function environmentLines(connection: EngineConnection, shell: 'posix' | 'powershell'): string {
  const variables: Readonly<Record<string, string>> = {
    AWS_ACCESS_KEY_ID: connection.accessKeyId,
    AWS_SECRET_ACCESS_KEY: connection.secretAccessKey,
    AWS_REGION: connection.region,
    AWS_DEFAULT_REGION: connection.region,
    HTTP_PROXY: connection.endpoint,
  };
  const line = ([name, value]: [string, string]): string =>
    shell === 'posix' ? `export ${name}='${value.replaceAll("'", `'\\''`)}'` : `$env:${name} = '${value.replaceAll("'", "''")}'`;
  const examples = [
    `# aws s3control list-jobs --account-id ${connection.accountId} --endpoint-url http://s3-control.local.test`,
    `# aws s3 ls --endpoint-url ${connection.endpoint}`,
  ];
  return [...Object.entries(variables).map(line), ...examples, ''].join('\n');
}
