import type { EngineConnection } from '../../core/job/target.js';

/** Commands of a shell that make the AWS CLI and the SDKs started from it use the local engine. */
export function environmentLines(connection: EngineConnection, shell: 'posix' | 'powershell'): string {
  const variables: Readonly<Record<string, string>> = {
    AWS_ENDPOINT_URL: connection.endpoint,
    AWS_ACCESS_KEY_ID: connection.accessKeyId,
    AWS_SECRET_ACCESS_KEY: connection.secretAccessKey,
    AWS_REGION: connection.region,
    AWS_DEFAULT_REGION: connection.region,
  };
  const line = ([name, value]: [string, string]): string =>
    shell === 'posix' ? `export ${name}='${value.replaceAll("'", `'\\''`)}'` : `$env:${name} = '${value.replaceAll("'", "''")}'`;
  return Object.entries(variables).map(line).join('\n') + '\n';
}
