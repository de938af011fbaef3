import { applyEdits, findNodeAtLocation, modify, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Range } from '../manifest/problem.js';
import { type Finding, type FindingFix, type FindingPath, isRecord, pathText } from '../operations/validateShape.js';
import type { CreateJobRequest, JobDescriptor, JobManifest, Tag } from './jobTypes.js';
import { TextPositions } from './textPosition.js';
import { filledInAtSubmit, hasErrors, manifestStart, validateCreateJobRequest } from './validateRequest.js';

/**
 * A job written down as `*.s3job.json`: the members of CreateJobRequest, JSON with comments, without `AccountId` and
 * `ClientRequestToken`, which belong to a submit. `ManifestFile` is ours: a path, relative to the job file and with forward slashes, of a
 * local CSV that is uploaded to `Manifest.Location.ObjectArn` at submit; the ETag is then filled in.
 */
export interface JobFile extends Omit<CreateJobRequest, 'AccountId' | 'ClientRequestToken' | 'Manifest'> {
  readonly ManifestFile?: string;
  readonly Manifest?: JobFileManifest;
}

export interface JobFileManifest {
  readonly Spec: JobManifest['Spec'];
  readonly Location: { readonly ObjectArn: string; readonly ETag?: string; readonly ObjectVersionId?: string };
}

/** A finding with its place in the text. */
export interface JobFileFinding extends Finding {
  /** UTF-16 offsets; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  readonly range: Range;
}

export interface ParsedJobFile {
  /** What could be read, errors or not; undefined when the text holds no JSON object. */
  readonly value: Record<string, unknown> | undefined;
  /** The job, when no finding is an error. */
  readonly job: JobFile | undefined;
  /** In the order of the text. */
  readonly findings: readonly JobFileFinding[];
  /** Where the value at a path stands, or the nearest owner of it that the text has. */
  rangeOf(path: FindingPath): Range;
}

export const jobFileSuffix = '.s3job.json';

const notStored = ['AccountId', 'ClientRequestToken'] as const;
const withManifestFile: readonly string[] = [...filledInAtSubmit, 'Manifest.Location.ETag'];

/** Reads and checks the text of a job file. Never throws: what is wrong is in `findings`. */
export function parseJobFile(text: string): ParsedJobFile {
  const positions = new TextPositions(text);
  const errors: ParseError[] = [];
  // A byte order mark is no JSON; a space of the same length keeps the offsets.
  const root = parseTree(text.replace(/^\uFEFF/, ' '), errors);
  const findings: JobFileFinding[] = errors.map((error) => ({
    path: [],
    code: 'bad-json',
    severity: 'error',
    message: jsonMessage(error),
    start: error.offset,
    end: error.offset + error.length,
    range: positions.range(error.offset, error.offset + error.length),
  }));
  const place = (finding: Finding): JobFileFinding => {
    const [start, end] = span(root, finding);
    return { ...finding, start, end, range: positions.range(start, end) };
  };
  const rangeOf = (path: FindingPath): Range => {
    const node = nearestNode(root, path);
    return node === undefined ? positions.range(0, 0) : positions.range(node.offset, node.offset + node.length);
  };

  const value = root === undefined ? undefined : nodeValue(root);
  if (root === undefined || !isRecord(value)) {
    if (findings.length === 0) {
      findings.push(
        place({ path: [], code: 'not-a-job', severity: 'error', message: 'A job file is a JSON object: { "Operation": … }.' }),
      );
    }
    return { value: undefined, job: undefined, findings, rangeOf };
  }

  findings.push(...duplicateMembers(root, []).map(place), ...checkJobFile(value).map(place));
  findings.sort((left, right) => left.start - right.start);
  return { value, job: hasErrors(findings) ? undefined : (value as unknown as JobFile), findings, rangeOf };
}

/** Checks the value of a job file: the rules of CreateJob, and those of what a job file adds and leaves out. */
export function checkJobFile(value: Record<string, unknown>): Finding[] {
  const { ManifestFile: manifestFile, ...rest } = value;
  const findings: Finding[] = [];
  for (const member of notStored) {
    if (rest[member] === undefined) continue;
    delete rest[member];
    findings.push({
      path: [member],
      code: 'not-stored',
      severity: 'warning',
      message: `${member} is filled in when the job is submitted. Remove it from the job file.`,
      fix: { title: `Remove ${member}`, changes: [{ path: [member], value: undefined }] },
    });
  }
  findings.push(
    ...validateCreateJobRequest(rest, { filledIn: manifestFile === undefined ? filledInAtSubmit : withManifestFile }),
  );
  if (manifestFile !== undefined) findings.push(...checkManifestFile(manifestFile, rest));
  return findings;
}

function checkManifestFile(manifestFile: unknown, job: Record<string, unknown>): Finding[] {
  const path = ['ManifestFile'];
  if (typeof manifestFile !== 'string' || manifestFile === '') {
    return [
      {
        path,
        code: 'manifest-file',
        severity: 'error',
        message: 'ManifestFile must be the path of a CSV file, relative to the job file, such as "manifest.csv".',
      },
    ];
  }
  const findings: Finding[] = [];
  if (/^([a-z][a-z0-9+.-]+:|[/\\]|[a-z]:[/\\])/i.test(manifestFile)) {
    findings.push({
      path,
      code: 'manifest-file-absolute',
      severity: 'error',
      message: 'ManifestFile must be relative to the job file, so that the job works on other machines too.',
    });
  } else if (manifestFile.includes('\\')) {
    const mended = manifestFile.replaceAll('\\', '/');
    findings.push({
      path,
      code: 'manifest-file-backslash',
      severity: 'warning',
      message: `ManifestFile has backslashes, which are part of a name on other systems. Write ${JSON.stringify(mended)}.`,
      fix: { title: `Change to ${JSON.stringify(mended)}`, changes: [{ path, value: mended }] },
    });
  }
  if (job['ManifestGenerator'] !== undefined) {
    findings.push({
      path,
      code: 'manifest-file-and-generator',
      severity: 'error',
      message: 'A job has either a manifest or ManifestGenerator. Remove ManifestFile or ManifestGenerator.',
      fix: { title: 'Remove ManifestFile', changes: [{ path, value: undefined }] },
      otherFixes: [
        {
          title: 'Remove ManifestGenerator',
          changes: [
            { path: ['ManifestGenerator'], value: undefined },
            ...(job['Manifest'] === undefined ? [{ path: ['Manifest'], value: manifestStart }] : []),
          ],
        },
      ],
    });
  }
  const manifest = job['Manifest'];
  if (!isRecord(manifest)) return findings;
  const spec = manifest['Spec'];
  if (isRecord(spec) && spec['Format'] === 'S3InventoryReport_CSV_20161130') {
    findings.push({
      path,
      code: 'manifest-file-inventory',
      severity: 'error',
      message:
        'ManifestFile is a CSV file, but Manifest.Spec.Format says inventory report. Write S3BatchOperations_CSV_20180820.',
      fix: {
        title: 'Change Manifest.Spec to a CSV file',
        changes: [{ path: ['Manifest', 'Spec'], value: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] } }],
      },
    });
  }
  const location = manifest['Location'];
  if (!isRecord(location)) return findings;
  for (const member of ['ETag', 'ObjectVersionId']) {
    if (location[member] === undefined) continue;
    const memberPath = ['Manifest', 'Location', member];
    findings.push({
      path: memberPath,
      code: 'filled-in-at-submit',
      severity: 'warning',
      message: `${member} is that of the uploaded ManifestFile and is filled in at submit. Remove it.`,
      fix: { title: `Remove ${member}`, changes: [{ path: memberPath, value: undefined }] },
    });
  }
  return findings;
}

/** The value of a node. Unlike the parser's own it keeps a member `__proto__` as a plain member, so that it is seen and refused. */
function nodeValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(nodeValue);
  if (node.type !== 'object') return node.value as unknown;
  const members: [string, unknown][] = [];
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (key !== undefined && value !== undefined) members.push([String(key.value), nodeValue(value)]);
  }
  return Object.fromEntries(members);
}

/** The second of two members with one name: JSON readers take the last, people read the first. */
function duplicateMembers(node: Node, path: FindingPath): Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const [index, child] of (node.children ?? []).entries()) {
    if (node.type === 'array') {
      findings.push(...duplicateMembers(child, [...path, index]));
      continue;
    }
    const [key, value] = child.children ?? [];
    const name = String(key?.value);
    if (seen.has(name)) {
      findings.push({
        path: [...path, name],
        code: 'duplicate-member',
        severity: 'error',
        message: `${pathText([...path, name])} is there twice. Remove one.`,
      });
    }
    seen.add(name);
    if (value !== undefined) findings.push(...duplicateMembers(value, [...path, name]));
  }
  return findings;
}

/** Codes of findings that speak of a member's name, not of its value. */
const ofTheName = new Set(['unknown-member', 'not-stored', 'duplicate-member', 'filled-in-at-submit']);

function span(root: Node | undefined, finding: Finding): [start: number, end: number] {
  const node = nearestNode(root, finding.path);
  if (node === undefined) return [0, 0];
  const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
  const isWhole = finding.path.length === 0 || finding.code === 'required';
  if (key !== undefined && (ofTheName.has(finding.code) || finding.code.startsWith('name-') || isWhole)) {
    return [key.offset, key.offset + key.length];
  }
  // Of an object or a list, and above all of the whole file, only the bracket is marked.
  if (isWhole || ((node.type === 'object' || node.type === 'array') && key === undefined)) return [node.offset, node.offset + 1];
  if (key !== undefined && (node.type === 'object' || node.type === 'array')) return [key.offset, key.offset + key.length];
  return [node.offset, node.offset + node.length];
}

function nearestNode(root: Node | undefined, path: FindingPath): Node | undefined {
  if (root === undefined) return undefined;
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node !== undefined) return node;
  }
  return root;
}

function jsonMessage(error: ParseError): string {
  switch (printParseErrorCode(error.error)) {
    case 'CommaExpected':
      return 'A comma is missing here.';
    case 'ColonExpected':
      return 'A colon is missing between the name and its value.';
    case 'PropertyNameExpected':
      return 'A name in double quotes is expected. Is there a comma too many before it?';
    case 'ValueExpected':
      return 'A value is missing here. Is there a comma too many?';
    case 'CloseBraceExpected':
      return 'The closing brace } is missing.';
    case 'CloseBracketExpected':
      return 'The closing bracket ] is missing.';
    case 'EndOfFileExpected':
      return 'The job ends before this. Remove what follows.';
    case 'UnexpectedEndOfString':
      return 'The closing double quote is missing.';
    case 'UnexpectedEndOfComment':
      return 'The comment never ends: */ is missing.';
    case 'InvalidEscapeCharacter':
    case 'InvalidUnicode':
      return 'This escape is not possible in JSON. A backslash itself is written twice.';
    case 'InvalidNumberFormat':
    case 'UnexpectedEndOfNumber':
      return 'This number is not possible in JSON.';
    default:
      return 'This is not possible in JSON.';
  }
}

const formatting = { insertSpaces: true, tabSize: 2 };

/** The text of a job file with a fix applied; comments and layout elsewhere stay. */
export function applyFix(text: string, fix: FindingFix): string {
  let result = text;
  for (const change of fix.changes) {
    const options = { formattingOptions: { ...formatting, eol: text.includes('\r\n') ? '\r\n' : '\n' } };
    result = applyEdits(result, modify(result, [...change.path], change.value, options));
  }
  return result;
}

/**
 * The request of a job file. The manifest's ETag is `manifestETag` when given, else the file's own.
 * `ManifestFile`, and the version of another object than the one just uploaded, are left behind.
 */
export function toCreateJobRequest(
  job: JobFile,
  submit: {
    readonly accountId: string;
    readonly clientRequestToken: string;
    /** Of the manifest that was just uploaded, or looked up. */
    readonly uploaded?: { readonly objectArn: string; readonly etag: string };
  },
): CreateJobRequest {
  const { ManifestFile: _, Manifest: manifest, ...rest } = job;
  const request: CreateJobRequest = { ...rest, AccountId: submit.accountId, ClientRequestToken: submit.clientRequestToken };
  if (manifest === undefined) return request;
  const { ETag: etag, ...location } = manifest.Location;
  if (submit.uploaded !== undefined) {
    const { objectArn, etag: uploadedETag } = submit.uploaded;
    return { ...request, Manifest: { Spec: manifest.Spec, Location: { ObjectArn: objectArn, ETag: bareETag(uploadedETag) } } };
  }
  return { ...request, Manifest: { Spec: manifest.Spec, Location: { ...location, ETag: bareETag(etag ?? '') } } };
}

/** An ETag without the quotes that HTTP puts around it. */
export function bareETag(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, '$1');
}

/** In this order are the members of a job file that we write. */
const memberOrder = [
  'Description',
  'Operation',
  'ManifestFile',
  'Manifest',
  'ManifestGenerator',
  'Report',
  'Priority',
  'RoleArn',
  'ConfirmationRequired',
  'Tags',
] as const satisfies readonly (keyof JobFile)[];

/** The text of a job file, with a newline at its end. Members that are left out, or that a job file doesn't store, are not in it. */
export function formatJobFile(job: JobFile): string {
  const members = memberOrder.filter((member) => job[member] !== undefined).map((member) => [member, job[member]]);
  return `${JSON.stringify(Object.fromEntries(members), undefined, 2)}\n`;
}

/** An existing job as a job file ("Save Job as File…"). Tags are not part of the description of a job and are given apart. */
export function toJobFile(descriptor: JobDescriptor, tags: readonly Tag[] = []): JobFile {
  return {
    ...(descriptor.Description === undefined ? {} : { Description: descriptor.Description }),
    Operation: descriptor.Operation ?? {},
    // A request has but one of the two, and the generator is what the job was created with.
    ...(descriptor.ManifestGenerator !== undefined
      ? { ManifestGenerator: descriptor.ManifestGenerator }
      : descriptor.Manifest !== undefined
        ? { Manifest: descriptor.Manifest }
        : {}),
    Report: descriptor.Report ?? { Enabled: false },
    Priority: descriptor.Priority,
    RoleArn: descriptor.RoleArn ?? '',
    ConfirmationRequired: descriptor.ConfirmationRequired ?? true,
    ...(tags.length === 0 ? {} : { Tags: tags }),
  };
}
