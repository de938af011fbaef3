import { parseRoleArn } from '../core/job/arn.js';
import { compareRole } from '../core/iam/compareRole.js';
import { readExistingRole } from '../core/iam/existingRole.js';
import { policyFormats } from '../core/iam/formats/policyFormat.js';
import { jsonText } from '../core/iam/formats/jsonFormat.js';
import { policyDocument } from '../core/iam/policyDocument.js';
import { completeNeeds, policiesOfJob, policyText } from '../core/iam/policyText.js';
import { statementsFor } from '../core/iam/statements.js';
import { needsOfSubmitter } from '../core/iam/submitterNeeds.js';
import { parseChoice, usageError } from './commandLine.js';
import { defineCommand } from './defineCommand.js';
import { jobFactFlags, jobFactHelp, readJobFacts } from './jobFactFlags.js';
import { readJobFile } from './readJobFile.js';
import { writeOut } from '../files/streams.js';
import { printable, styleOf } from './output.js';
import { readPolicyFiles, roleLines } from './roleFindings.js';

const help = [
  'Usage: s3batch policy JOBFILE [options]',
  '       s3batch policy JOBFILE --compare FILE…',
  '',
  'Writes the least that the role of a job needs: its trust policy and its permission policy, for exactly this job; and what owners of',
  'buckets, functions and keys in other accounts must add to theirs.',
  '',
  'Options:',
  '  --format FORMAT        json (the default), cloudformation, terraform or cdk; with --compare text (the default) or json',
  '  --submitter            instead, what whoever submits, confirms and follows the job needs',
  '  --part PART            only one bare document in JSON: trust or permissions',
  "  --source-account       let only jobs of the role's account assume the role (aws:SourceAccount). Try it first: no page of AWS says",
  '                         that this works for S3 Batch Operations',
  ...jobFactHelp,
  '  --compare FILE         compare with what a role has; again for more files. A file is a policy document, or the output of',
  '                         aws iam get-role, get-role-policy, get-policy-version, list-attached-role-policies or',
  '                         get-account-authorization-details',
  '  --help                 show this',
  '',
  'Exit codes: 0 written, or nothing missing, 1 --compare found something missing, 2 could not run.',
  '',
].join('\n');

const flags = {
  ...jobFactFlags,
  format: { type: 'string' },
  submitter: { type: 'boolean', default: false },
  part: { type: 'string' },
  'source-account': { type: 'boolean', default: false },
  compare: { type: 'string', multiple: true },
} as const;

/** `s3batch policy`: 0 written or nothing missing, 1 permissions are missing, 2 could not run. */
export const policyCommand = defineCommand(help, flags, async (values, operands, io) => {
  const [path, ...more] = operands;
  // `--compare *.json` hands over the first file only; the others follow as arguments.
  const compared = values.compare === undefined ? undefined : [...values.compare, ...more];
  if (path === undefined || (compared === undefined && more.length > 0)) throw usageError('Name one job file.');
  const job = await readJobFile(path, io);
  const facts = await readJobFacts(values, path, job, io);

  if (compared !== undefined) {
    if (values.part !== undefined) throw usageError("Options '--compare' and '--part' exclude each other.");
    const format = parseChoice('--format', values.format ?? 'text', ['text', 'json']);
    const isSubmitter = values.submitter;
    const needs = isSubmitter ? needsOfSubmitter(job, facts).needs : completeNeeds(job, facts).needs;
    const roleName = parseRoleArn(job.RoleArn)?.name ?? job.RoleArn;
    const comparison = compareRole(needs, readExistingRole(await readPolicyFiles(compared, io), roleName), !isSubmitter);
    const text = format === 'json' ? jsonText(comparison) : `${roleLines(comparison, styleOf(io)).join('\n')}\n`;
    await writeOut(io.stdout, text);
    return comparison.findings.some((finding) => finding.kind === 'missing') ? 1 : 0;
  }

  const format = parseChoice('--format', values.format ?? 'json', policyFormats);
  const options = { isSourceAccountRequired: values['source-account'] };
  if (values.part === undefined) {
    await writeOut(io.stdout, policyText(job, facts, { ...options, format, isSubmitter: values.submitter }));
    return 0;
  }
  const part = parseChoice('--part', values.part, ['trust', 'permissions']);
  if (format !== 'json') throw usageError("Option '--part' writes JSON only.");
  if (values.submitter) {
    if (part === 'trust') throw usageError('Whoever submits a job has no trust policy.');
    const { needs, notes } = needsOfSubmitter(job, facts);
    await writeOut(io.stdout, jsonText(policyDocument(statementsFor(needs))));
    for (const note of notes) await writeOut(io.stderr, `${printable(note)}\n`);
    return 0;
  }
  const policies = policiesOfJob(job, facts, options);
  await writeOut(io.stdout, jsonText(part === 'trust' ? policies.trust : policies.permissions));
  for (const note of policies.notes) await writeOut(io.stderr, `${printable(note)}\n`);
  return 0;
});
