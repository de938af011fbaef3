import { cdkFormat } from './cdkFormat.js';
import { cloudFormationFormat } from './cloudFormationFormat.js';
import { jsonFormat } from './jsonFormat.js';
import type { PolicyFormat, PolicyWriter } from './policyFormat.js';
import { terraformFormat } from './terraformFormat.js';

const writers: Readonly<Record<PolicyFormat, PolicyWriter>> = {
  json: jsonFormat,
  cloudformation: cloudFormationFormat,
  terraform: terraformFormat,
  cdk: cdkFormat,
};

export function formatPolicyWriter(format: PolicyFormat): PolicyWriter {
  return writers[format];
}
