import { type Finding, isRecord } from '../operations/validateShape.js';
import { functionArn, parseFunctionArn } from './arn.js';
import { accountIn } from './accountIn.js';

/**
 * What people write where the ARN of a function belongs. The API's pattern lets names and partial ARNs through, but the guide asks for
 * an ARN and says nowhere in which account or Region a name would be looked up. Source: S3 User Guide, batch-ops-invoke-lambda.
 */
export function checkFunction(request: Record<string, unknown>): Finding[] {
  const operation = request['Operation'];
  const parameters = isRecord(operation) ? operation['LambdaInvoke'] : undefined;
  const arn = isRecord(parameters) ? parameters['FunctionArn'] : undefined;
  if (typeof arn !== 'string' || arn === '') return [];
  const path = ['Operation', 'LambdaInvoke', 'FunctionArn'];
  const known = parseFunctionArn(arn);
  if (known === undefined) return [];
  const account = known.accountId ?? accountIn({ ...request, Operation: undefined });
  const mended = functionArn(known.region ?? 'us-east-1', account ?? '111122223333', known.name, known.qualifier);
  const advice = `Write ${mended}${known.region === undefined ? ' with the Region of the function' : ''}.`;
  const fix = { title: `Change to ${mended}`, changes: [{ path, value: mended }] };
  if (!arn.startsWith('arn:')) {
    const what = known.region === undefined && known.accountId === undefined ? 'the name of a function' : 'a part of an ARN';
    return [
      {
        path,
        code: 'function-name-for-arn',
        severity: 'warning',
        message: `FunctionArn is ${what}: in which account and Region the service looks for it is not documented. ${advice}`,
        fix,
      },
    ];
  }
  if (arn.includes(':function:')) return [];
  // `arn:aws:lambda:us-east-1:111122223333:name` fits the pattern and names nothing.
  return [
    {
      path,
      code: 'function-arn-parts',
      severity: 'error',
      message: `FunctionArn lacks a part of the ARN of a function. ${advice}`,
      fix,
    },
  ];
}
