import { dirname, relative, resolve } from 'node:path';
import { errorMessage } from '../base/errors.js';
import { costOfJob, type JobCost } from '../core/cost/costOfJob.js';
import { costLines } from '../core/cost/costText.js';
import { compareRole, type RoleComparison } from '../core/iam/compareRole.js';
import { readExistingRole } from '../core/iam/existingRole.js';
import { completeNeeds } from '../core/iam/policyText.js';
import type { JobFile } from '../core/job/jobFile.js';
import type { JobFileFinding } from '../core/job/parseJobFile.js';
import type { ManifestField } from '../core/job/jobTypes.js';
import { type LintResult, ManifestByteLinter } from '../core/manifest/lintManifest.js';
import { shellQuote } from '../core/export/quoting.js';
import { findOperation } from '../core/operations/catalogue.js';
import { type FindingSeverity, isRecord } from '../core/operations/validateShape.js';
import { untranslated } from '../core/view/localizer.js';
import type { CliIo } from './cliIo.js';
import { parseChoice } from './commandLine.js';
import { defineCommand, onlyOperand } from './defineCommand.js';
import { writeOut } from '../files/streams.js';
import { costFlags, costHelp, isCostAsked, parseCostFacts } from './costFlags.js';
import { jobFactFlags, jobFactHelp, readJobFacts, readReach } from './jobFactFlags.js';
import { count, printable, styleOf } from './output.js';
import { readFileBytes } from '../files/readFileBytes.js';
import { readParsedJobFile } from './readJobFile.js';
import { readPolicyFiles, roleLines } from './roleFindings.js';

const help = [
  'Usage: s3batch check JOBFILE [options]',
  '',
  'Checks a job file (*.s3job.json), the manifest that it names in ManifestFile, and the role when files say what it has.',
  '',
  'Options:',
  '  --role FILE            compare what the job needs with what its role has; again for more files. A file is a policy document, or the',
  '                         output of aws iam get-role, get-role-policy, get-policy-version, list-attached-role-policies or',
  '                         get-account-authorization-details',
  ...jobFactHelp,
  ...costHelp,
  '  --format FORMAT        text (the default) or json',
  '  --help                 show this',
  '',
  'Exit codes: 0 no error, 1 errors found, 2 could not run.',
  '',
].join('\n');

/** What a check says in JSON. Lines and columns are 1-based, columns in UTF-16 units. */
interface CheckReport {
  readonly path: string;
  readonly errors: number;
  readonly warnings: number;
  readonly information: number;
  readonly findings: readonly {
    readonly code: string;
    readonly severity: FindingSeverity;
    readonly line: number;
    readonly column: number;
    readonly endLine: number;
    readonly endColumn: number;
    readonly message: string;
  }[];
  /** Of the manifest that the job file names; problems are listed by `s3batch lint`. */
  readonly manifest?: {
    readonly path: string;
    readonly rows: number;
    readonly errors: number;
    readonly warnings: number;
    readonly information: number;
    readonly counts: LintResult['counts'];
  };
  /** With `--role`; undefined when the job has errors, because then its needs are not known. */
  readonly role?: RoleComparison;
  /** With `--cost` or `--rows`; undefined when the job has errors. Amounts are estimates in US dollars. */
  readonly cost?: Omit<JobCost, 'buckets'> & { readonly buckets: Readonly<Record<string, number>> };
}

const flags = {
  ...jobFactFlags,
  ...costFlags,
  role: { type: 'string', multiple: true },
  format: { type: 'string', default: 'text' },
} as const;

/** `s3batch check`: 0 no error, 1 errors (also JSON that can't be read), 2 no such file or a wrong command line. */
export const checkCommand = defineCommand(help, flags, async (values, operands, io) => {
  const path = onlyOperand(operands, 'Name one job file to check.');
  const format = parseChoice('--format', values.format, ['text', 'json']);

  const parsed = await readParsedJobFile(path, io);
  const findings = [...parsed.findings];
  let manifest: CheckedManifest | undefined;
  const manifestFile = parsed.value?.['ManifestFile'];
  if (typeof manifestFile === 'string' && manifestFile !== '') {
    const found = await checkManifestFile(path, manifestFile, parsed.value ?? {}, io);
    if ('result' in found) manifest = found;
    else {
      findings.push({
        path: ['ManifestFile'],
        code: 'manifest-file-unreadable',
        severity: 'error',
        message: found.message,
        start: 0,
        end: 0,
        range: parsed.rangeOf(['ManifestFile']),
      });
    }
  }
  const role = values.role === undefined || parsed.job === undefined ? undefined : await compare(values, path, parsed.job, io);
  const cost = isCostAsked(values) && parsed.job !== undefined ? await estimate(values, path, parsed.job, io) : undefined;
  const report: CheckReport = {
    ...reportOf(path, findings, manifest),
    ...(role === undefined ? {} : { role }),
    ...(cost === undefined ? {} : { cost: { ...cost, buckets: Object.fromEntries(cost.buckets) } }),
  };
  await writeOut(
    io.stdout,
    format === 'json'
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : textOf(report, { manifest, cost, hasRoleFiles: values.role !== undefined }, io),
  );
  const lacks = role?.findings.some((finding) => finding.kind === 'missing') ?? false;
  return report.errors > 0 || (report.manifest?.errors ?? 0) > 0 || lacks ? 1 : 0;
});

async function estimate(values: Parameters<typeof parseCostFacts>[0], path: string, job: JobFile, io: CliIo): Promise<JobCost> {
  const reach = values.rows === undefined ? await readReach(path, job, io) : undefined;
  return costOfJob(job, { ...(await parseCostFacts(values, io)), reach }, untranslated);
}

async function compare(
  values: Parameters<typeof readJobFacts>[0] & { readonly role?: string[] | undefined },
  path: string,
  job: JobFile,
  io: CliIo,
): Promise<RoleComparison> {
  const { needs, role } = completeNeeds(job, await readJobFacts(values, path, job, io));
  return compareRole(needs, readExistingRole(await readPolicyFiles(values.role ?? [], io), role.name));
}

interface CheckedManifest {
  /** As the person would name it: relative to where the command runs. */
  readonly path: string;
  /** Lists its problems, judged as the job wants it. */
  readonly lintCommand: string;
  readonly result: LintResult;
}

async function checkManifestFile(
  jobPath: string,
  manifestFile: string,
  job: Readonly<Record<string, unknown>>,
  io: CliIo,
): Promise<CheckedManifest | { readonly message: string }> {
  const directory = jobPath === '-' ? io.cwd : dirname(resolve(io.cwd, jobPath));
  const absolute = resolve(directory, manifestFile);
  const path = relative(io.cwd, absolute) || '.';
  const { fields } = declaredColumns(job);
  const operation = oneBucketOperation(job);
  const linter = new ManifestByteLinter({ fields, isOneBucketOnly: operation !== undefined, maxProblems: 0 });
  try {
    for await (const chunk of readFileBytes(absolute, { name: path })) linter.push(chunk);
  } catch (error) {
    return { message: `${errorMessage(error)} ManifestFile names it, relative to the job file.` };
  }
  const flags = [
    ...(fields === undefined ? [] : [`--fields ${fields.join(',')}`]),
    ...(operation === undefined ? [] : [`--operation ${operation}`]),
  ];
  return { path, lintCommand: ['s3batch lint', shellQuote(path), ...flags].join(' '), result: linter.end() };
}

/** The columns that the job declares, when it declares them properly. */
function declaredColumns(job: Readonly<Record<string, unknown>>): { fields?: readonly ManifestField[] } {
  const manifest = job['Manifest'] as JobFile['Manifest'] | undefined;
  const spec: unknown = isRecord(manifest) ? manifest['Spec'] : undefined;
  const fields = isRecord(spec) ? spec['Fields'] : undefined;
  const known = ['Ignore', 'Bucket', 'Key', 'VersionId'] as const;
  if (!Array.isArray(fields) || fields.length === 0) return {};
  const declared = fields.filter((field: unknown): field is ManifestField => known.some((name) => name === field));
  return declared.length === fields.length ? { fields: declared } : {};
}

/** The operation of the job, when its objects must be in one bucket. */
function oneBucketOperation(job: Readonly<Record<string, unknown>>): string | undefined {
  const operation = job['Operation'];
  return isRecord(operation) ? Object.keys(operation).find((name) => findOperation(name)?.isOneBucketOnly === true) : undefined;
}

function reportOf(path: string, findings: readonly JobFileFinding[], manifest: CheckedManifest | undefined): CheckReport {
  const of = (severity: FindingSeverity): number => findings.filter((finding) => finding.severity === severity).length;
  return {
    path,
    errors: of('error'),
    warnings: of('warning'),
    information: of('information'),
    findings: findings.map(({ code, severity, range, message }) => ({
      code,
      severity,
      line: range.line + 1,
      column: range.column + 1,
      endLine: range.endLine + 1,
      endColumn: range.endColumn + 1,
      message,
    })),
    ...(manifest === undefined
      ? {}
      : {
          manifest: {
            path: manifest.path,
            rows: manifest.result.rows,
            errors: manifest.result.errors,
            warnings: manifest.result.warnings,
            information: manifest.result.information,
            counts: manifest.result.counts,
          },
        }),
  };
}

interface Asked {
  readonly manifest: CheckedManifest | undefined;
  readonly cost: JobCost | undefined;
  readonly hasRoleFiles: boolean;
}

function textOf(report: CheckReport, { manifest, cost, hasRoleFiles }: Asked, io: CliIo): string {
  const style = styleOf(io);
  const lines = report.findings.map((finding) => {
    const severity = style[finding.severity](finding.severity);
    const place = `${printable(report.path)}:${finding.line}:${finding.column}`;
    return `${place}: ${severity} ${printable(finding.message)} ${style.dim(`(${finding.code})`)}`;
  });
  let { errors, warnings } = report;
  let isFine = errors + warnings + report.information === 0;
  if (manifest !== undefined) {
    const { result } = manifest;
    const name = printable(manifest.path);
    const rows = count(result.rows, 'row');
    if (result.errors + result.warnings + result.information === 0) lines.push(`${name}: ${rows}, no problem`);
    else {
      // One line, so one problem of the job.
      if (result.errors > 0) errors += 1;
      else warnings += 1;
      isFine = false;
      const severity = result.errors > 0 ? style.error('error') : style.warning('warning');
      const problems = `${count(result.errors, 'error')}, ${count(result.warnings, 'warning')}`;
      lines.push(
        `${name}: ${severity} The manifest has ${problems} in ${rows}. Run '${printable(manifest.lintCommand)}' to see them.`,
      );
    }
  }
  if (cost !== undefined) lines.push(...costLines(cost, untranslated).map(printable));
  if (report.role !== undefined) lines.push(...roleLines(report.role, style));
  else if (hasRoleFiles) lines.push('The role was not compared: a job with errors does not say what it needs.');
  const missing = report.role?.findings.filter((finding) => finding.kind === 'missing').length ?? 0;
  const lacks = missing === 0 ? '' : `, ${count(missing, 'missing permission')}`;
  lines.push(
    isFine && missing === 0
      ? `${printable(report.path)}: no problem`
      : `${count(errors, 'error')}, ${count(warnings, 'warning')}${lacks}`,
  );
  return `${lines.join('\n')}\n`;
}
