import { devNull } from 'node:os';
import { delimiter } from 'node:path';
import type { EnvironmentOptions, FunctionDefinition } from '../contracts.js';
import { layerVariables } from './layers.js';

/**
 * Variables of a template that must not reach the handler, because they would lead its SDK away from the engine: to another endpoint,
 * or to other keys. Lambda itself refuses most of them as reserved.
 */
const refused =
  /^(AWS_ENDPOINT_URL.*|AWS_IGNORE_CONFIGURED_ENDPOINT_URLS|AWS_(DEFAULT_)?PROFILE|AWS_CONFIG_FILE|AWS_SHARED_CREDENTIALS_FILE|AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|AWS_SECURITY_TOKEN|AWS_WEB_IDENTITY_TOKEN_FILE|AWS_ROLE_.*|AWS_CONTAINER_.*|AWS_EC2_.*|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_.*|_HANDLER|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR|AWS_USE_(FIPS|DUALSTACK)_ENDPOINT)$/i;

/**
 * The whole environment of a handler: this process's own without anything of AWS, then the function's variables, then Lambda's
 * (Lambda Developer Guide, configuration-envvars) and what ties the handler's SDK to the engine. None of the user's own AWS settings
 * is left, so that a rehearsal reaches no real account.
 */
export function lambdaVariables(
  definition: FunctionDefinition,
  options: EnvironmentOptions,
  base: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined && !/^(AWS_|AMAZON_|BOTO_CONFIG$)/i.test(name)) result[name] = value;
  }
  for (const [name, value] of Object.entries(definition.environment)) if (!refused.test(name)) result[name] = value;
  const noProxy = [result['NO_PROXY'] ?? result['no_proxy'] ?? '', '127.0.0.1', 'localhost']
    .filter((item) => item !== '')
    .join(',');
  for (const [name, folders] of Object.entries(layerVariables(definition))) {
    // What the function or this machine has comes after the layers' own, as on Lambda.
    result[name] = [...folders, ...(result[name] === undefined ? [] : [result[name]])].join(delimiter);
  }
  return {
    ...result,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    TZ: 'UTC',
    _HANDLER: definition.handler,
    LAMBDA_TASK_ROOT: definition.codeDirectory,
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    // Source: Lambda Developer Guide, configuration-envvars: OS-only runtimes have none.
    ...(definition.runtime.startsWith('provided') ? {} : { AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}` }),
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupName(definition),
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_ACCESS_KEY_ID: options.accessKeyId,
    AWS_SECRET_ACCESS_KEY: options.secretAccessKey,
    ...(options.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: options.sessionToken }),
    AWS_ENDPOINT_URL: options.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    // The Node.js of this machine is not the one that Lambda will use: its age is no news of the handler.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

/** Names of variables that the function declares and that are left out, for a warning. */
export function refusedVariables(definition: FunctionDefinition): readonly string[] {
  return Object.keys(definition.environment).filter((name) => refused.test(name));
}

export function logGroupName(definition: FunctionDefinition): string {
  return `/aws/lambda/${definition.name}`;
}

/** Lambda names a stream by day and instance; here there is one, of no day. */
export const logStreamName = 'local/[$LATEST]0';
