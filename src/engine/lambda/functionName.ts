/** The parts of what a person or a job names a function by. */
export interface FunctionName {
  readonly name: string;
  /** Version or alias. */
  readonly qualifier: string | undefined;
}

/** Source: Lambda API Reference, Invoke, FunctionName: a name, a partial ARN or a full ARN, each with or without qualifier. */
export const functionNamePattern =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-[a-z]+)+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?';
const pattern = new RegExp(
  '^(?:arn:aws[a-zA-Z-]*:lambda:[a-z]{2}(?:-[a-z]+)+-\\d:|[a-z]{2}(?:-[a-z]+)+-\\d:)?(?:\\d{12}:)?(?:function:)?' +
    '(?<name>[a-zA-Z0-9-_]+)(?::(?<qualifier>\\$LATEST|[a-zA-Z0-9-_]+))?$',
);

/** Splits a function's name or ARN; undefined when it is neither. Region and account are not kept: a rehearsal runs the function of that name. */
export function parseFunctionName(nameOrArn: string): FunctionName | undefined {
  const groups = pattern.exec(nameOrArn)?.groups;
  return groups?.['name'] === undefined ? undefined : { name: groups['name'], qualifier: groups['qualifier'] };
}

export function lambdaArn(region: string, accountId: string, name: string): string {
  return `arn:${partitionOf(region)}:lambda:${region}:${accountId}:function:${name}`;
}

export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
