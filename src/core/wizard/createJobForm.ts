import { bucketArn, parseFunctionArn, parseObjectArn, objectArn, partitionOf, roleArn } from '../job/arn.js';
import type { JobFile } from '../job/jobFile.js';
import { manifestGeneratorShape } from '../job/manifestGeneratorShape.js';
import { descriptionShape, priorityShape, reportFormat, roleArnShape } from '../job/requestShapes.js';
import type { Target } from '../job/target.js';
import { findOperation, operationsFor } from '../operations/catalogue.js';
import type { StructureShape } from '../operations/shape.js';
import { type FindingPath, isRecord } from '../operations/validateShape.js';
import type { Localizer } from '../view/localizer.js';
import { type AnswerProblem, type Answers, type Form, type PickOption, type Question, visibleQuestions } from './form.js';
import { type JobDraft, readMember, writeMember } from './jobDraft.js';
import { isInventoryManifest, isManifestChoice, type ManifestChoice, parseS3Uri } from './manifestChoice.js';
import {
  bucketText,
  formatText,
  type JobQuestion,
  parameterQuestions,
  parseInteger,
  parseText,
  structureQuestions,
  tagQuestion,
} from './parameterQuestions.js';
import { problemAt } from './requestQuestion.js';

/** What the form depends on beside the answers. */
export interface JobFormContext {
  readonly target: Target;
  /** 12 digits. */
  readonly accountId: string;
  readonly l10n: Localizer;
}

/** Ids of the questions that are not members of the operation. */
export const JobQuestionId = {
  manifest: 'manifest',
  upload: 'manifest.upload',
  columns: 'manifest.columns',
  operation: 'operation',
  qualifier: 'Operation.LambdaInvoke.FunctionArn.$qualifier',
  reportEnabled: 'report.enabled',
  reportBucket: 'report.bucket',
  reportPrefix: 'report.prefix',
  reportScope: 'report.scope',
  reportOwner: 'report.owner',
  role: 'role',
  priority: 'priority',
  description: 'description',
  tags: 'tags',
  confirmation: 'confirmation',
  review: 'review',
} as const;

/** What the review ends in. */
export type ReviewChoice = 'submit' | 'save';

export interface CreateJobForm extends Form {
  /** The job as the answers stand. Its ETag, account and token come at submit; `ManifestFile` is set by who knows the folder. */
  job(answers: Answers): JobFile;
  /** The answers that lead to a job: to make one like it. A manifest that it names is one in S3. */
  answersOf(job: JobFile): Answers;
}

/**
 * The questions for a new job, in the order in which people think of it: which objects, what to do, what to report, as whom, how
 * urgent. Every member is checked by the rules of CreateJob itself; the operation's questions come from the catalogue.
 */
export function createJobForm(context: JobFormContext): CreateJobForm {
  const { l10n, target } = context;
  const operations = operationsFor(target.kind);
  const partition = partitionOf(target.region);
  const items: readonly JobQuestion[] = [
    ...manifestQuestions(context),
    {
      question: {
        kind: 'pick',
        id: JobQuestionId.operation,
        title: l10n.t('Operation'),
        prompt: l10n.t('What is done to each object of the manifest?'),
        options: () =>
          operations.map((operation) => ({
            label: operation.label,
            description: operation.name,
            detail: operation.doc,
            value: operation.name,
          })),
      },
      // Present even without a parameter: the service tells an empty structure from none.
      write: (draft, value) => writeMember(draft, ['Operation', String(value)], {}),
      read: (request) => {
        const operation = readMember(request, ['Operation']);
        return operations.find(({ name }) => isRecord(operation) && operation[name] !== undefined)?.name;
      },
    },
    ...operations.flatMap((operation) =>
      parameterQuestions(operation, (answers) => answers[JobQuestionId.operation] === operation.name, l10n, partition),
    ),
    ...(target.kind === 'aws' ? [qualifierQuestion(context)] : []),
    ...reportQuestions(context),
    ...otherQuestions(context),
    {
      question: {
        kind: 'review',
        id: JobQuestionId.review,
        title: l10n.t('Review'),
        prompt: l10n.t('Nothing has been sent yet.'),
        options: (answers) => reviewOptions(answers, context),
      },
      write: () => undefined,
    },
  ];

  const draftOf = (answers: Answers): JobDraft => {
    const draft: JobDraft = {};
    const visible = new Set(visibleQuestions(form, answers).map((question) => question.id));
    for (const { question, write } of items) {
      if (visible.has(question.id) && Object.hasOwn(answers, question.id)) write(draft, answers[question.id]);
    }
    return draft;
  };
  const form: CreateJobForm = {
    title: l10n.t('New S3 Batch Operations Job'),
    questions: items.map((item) => withValidation(item, draftOf)),
    job: (answers) => draftOf(answers) as unknown as JobFile,
    answersOf: (job) => {
      const answers: Record<string, unknown> = {};
      for (const { question, path, read } of items) {
        const value = read === undefined ? (path === undefined ? undefined : readMember(job, path)) : read(job);
        if (value !== undefined) answers[question.id] = value;
      }
      return answers;
    },
  };
  return form;
}

/** Adds the rules of CreateJob to a question whose answer is a member of the request. */
function withValidation(item: JobQuestion, draftOf: (answers: Answers) => JobDraft): Question {
  const { question, path } = item;
  const own = question.validate;
  const validate = (value: unknown, answers: Answers): AnswerProblem | undefined => {
    const problem = own?.(value, answers);
    if (problem?.severity === 'error' || path === undefined) return problem;
    return problemAt(draftOf({ ...answers, [question.id]: value }), path, question.title) ?? problem;
  };
  return { ...question, validate };
}

function member(question: Question, path: FindingPath): JobQuestion {
  return { question, path, write: (draft, value) => writeMember(draft, path, value) };
}

function manifestQuestions({ target, l10n }: JobFormContext): readonly JobQuestion[] {
  const partition = partitionOf(target.region);
  const choiceOf = (answers: Answers): ManifestChoice | undefined => {
    const choice = answers[JobQuestionId.manifest];
    return isManifestChoice(choice) ? choice : undefined;
  };
  const wrongUri = l10n.t('Choose a file, or type the address of the manifest: s3://bucket/key');
  return [
    {
      question: {
        kind: 'pick',
        id: JobQuestionId.manifest,
        title: l10n.t('Manifest'),
        prompt: l10n.t('The list of objects: a CSV file, or s3:// and the place of one.'),
        placeholder: l10n.t('Choose a file or type s3://bucket/key'),
        source: 'manifests',
        options: () => [
          {
            label: l10n.t('List a bucket'),
            detail: l10n.t('The service makes the manifest itself, of the objects that meet your conditions.'),
            value: { kind: 'generated' } satisfies ManifestChoice,
          },
        ],
        parse: (text) => {
          const place = parseS3Uri(text);
          return place === undefined ? parseText(text) : ({ kind: 's3', ...place } satisfies ManifestChoice);
        },
        format: (value) => (isManifestChoice(value) ? manifestText(value, l10n) : formatText(value)),
        validate: (value) => (isManifestChoice(value) ? undefined : { severity: 'error', message: wrongUri }),
      },
      write: (draft, value) => {
        if (!isManifestChoice(value) || value.kind === 'generated') return;
        const format = isInventoryManifest(value) ? 'S3InventoryReport_CSV_20161130' : 'S3BatchOperations_CSV_20180820';
        writeMember(draft, ['Manifest', 'Spec', 'Format'], format);
        if (value.kind === 's3') {
          writeMember(draft, ['Manifest', 'Location', 'ObjectArn'], objectArn(value.bucket, value.key, partition));
          writeMember(draft, ['Manifest', 'Location', 'ObjectVersionId'], value.version?.id);
          writeMember(draft, ['Manifest', 'Location', 'ETag'], value.version?.etag);
        } else if (value.columnCount === 2) {
          writeMember(draft, ['Manifest', 'Spec', 'Fields'], ['Bucket', 'Key']);
        }
      },
      read: (request) => {
        if (readMember(request, ['ManifestGenerator']) !== undefined) return { kind: 'generated' } satisfies ManifestChoice;
        const arn = readMember(request, ['Manifest', 'Location', 'ObjectArn']);
        const place = typeof arn === 'string' ? parseObjectArn(arn) : undefined;
        if (place === undefined) return undefined;
        // Without a version the manifest is the current object, whose ETag is looked up at submit.
        const id = readMember(request, ['Manifest', 'Location', 'ObjectVersionId']);
        const etag = readMember(request, ['Manifest', 'Location', 'ETag']);
        const version = typeof id === 'string' ? { id, ...(typeof etag === 'string' ? { etag } : {}) } : undefined;
        const { bucket, key } = place;
        return { kind: 's3', bucket, key, ...(version === undefined ? {} : { version }) } satisfies ManifestChoice;
      },
    },
    ...structureQuestions(generatorShape, ['ManifestGenerator', 'S3JobManifestGenerator'], {
      showWhen: (answers) => choiceOf(answers)?.kind === 'generated',
      l10n,
      partition,
      defaults: { EnableManifestOutput: false },
    }),
    member(
      {
        kind: 'input',
        id: JobQuestionId.upload,
        title: l10n.t('Upload the manifest to'),
        prompt:
          target.kind === 'local'
            ? l10n.t('The service reads manifests from S3. A bucket that is missing is created.')
            : l10n.t('The service reads manifests from S3.'),
        placeholder: 's3://bucket/key',
        showWhen: (answers) => choiceOf(answers)?.kind === 'file',
        defaultValue: (answers) => {
          const choice = choiceOf(answers);
          const name = choice?.kind === 'file' ? choice.name : 'manifest.csv';
          return target.kind === 'local' ? objectArn('manifests', name) : undefined;
        },
        parse: (text) => {
          const place = parseS3Uri(text);
          return place === undefined ? parseText(text) : objectArn(place.bucket, place.key, partition);
        },
        format: (value) => {
          const place = typeof value === 'string' ? parseObjectArn(value) : undefined;
          return place === undefined ? formatText(value) : `s3://${place.bucket}/${place.key}`;
        },
      },
      ['Manifest', 'Location', 'ObjectArn'],
    ),
    member(
      {
        kind: 'pick',
        id: JobQuestionId.columns,
        title: l10n.t('Columns'),
        prompt: l10n.t('What the columns of the manifest hold, in their order.'),
        placeholder: 'Bucket, Key, Ignore',
        showWhen: (answers) => {
          const choice = choiceOf(answers);
          if (choice === undefined || choice.kind === 'generated' || isInventoryManifest(choice)) return false;
          // Two columns can only be bucket and key.
          return choice.kind === 's3' || choice.columnCount !== 2;
        },
        defaultValue: (answers) => {
          const choice = choiceOf(answers);
          const count = choice?.kind === 'file' ? choice.columnCount : undefined;
          return columnChoices(count)[0];
        },
        options: (answers) => {
          const choice = choiceOf(answers);
          const count = choice?.kind === 'file' ? choice.columnCount : undefined;
          return columnChoices(count).map((value) => ({ label: value.join(', '), value }));
        },
        parse: (text) => {
          const names = text.split(',').map((name) => name.trim());
          return names.every((name) => name === '') ? undefined : names;
        },
        format: (value) => (Array.isArray(value) ? value.join(', ') : formatText(value)),
        validate: (value, answers) => {
          const choice = choiceOf(answers);
          const count = choice?.kind === 'file' ? choice.columnCount : undefined;
          if (!Array.isArray(value)) return { severity: 'error', message: l10n.t('Name the columns: Bucket, Key') };
          if (count === undefined || value.length === count) return undefined;
          const message = l10n.t('The first row has {0} columns, but {1} are named.', count, value.length);
          return { severity: 'error', message };
        },
      },
      ['Manifest', 'Spec', 'Fields'],
    ),
  ];
}

const generatorShape = manifestGeneratorShape.members['S3JobManifestGenerator'] as StructureShape;

function manifestText(choice: ManifestChoice, l10n: Localizer): string {
  switch (choice.kind) {
    case 's3':
      return `s3://${choice.bucket}/${choice.key}`;
    case 'file':
      return choice.name;
    case 'generated':
      return l10n.t('List a bucket');
  }
}

/** Which version of the function: asked when the function was chosen without one. */
function qualifierQuestion({ l10n }: JobFormContext): JobQuestion {
  const functionPath = ['Operation', 'LambdaInvoke', 'FunctionArn'];
  const functionOf = (answers: Answers): string => formatText(answers[functionPath.join('.')]);
  return {
    question: {
      kind: 'pick',
      id: JobQuestionId.qualifier,
      title: l10n.t('Version of the function'),
      prompt: l10n.t('A published version or an alias keeps a long job on one code.'),
      source: 'qualifiers',
      showWhen: (answers) => {
        const arn = answers[JobQuestionId.operation] === 'LambdaInvoke' ? parseFunctionArn(functionOf(answers)) : undefined;
        return arn !== undefined && arn.qualifier === undefined;
      },
      defaultValue: functionOf,
      options: (answers) => [
        { label: '$LATEST', detail: l10n.t('The code as it is when each task runs.'), value: functionOf(answers) },
      ],
      parse: parseText,
      format: formatText,
    },
    path: functionPath,
    write: (draft, value) => writeMember(draft, functionPath, value),
    // What a request names is the answer to the question before.
    read: () => undefined,
  };
}

/** The usual meanings of so many columns, the likeliest first. */
function columnChoices(count: number | undefined): readonly (readonly string[])[] {
  const plain = ['Bucket', 'Key'];
  const versions = ['Bucket', 'Key', 'VersionId'];
  if (count === undefined) return [plain, versions];
  const filled = (names: readonly string[]): readonly string[] => [
    ...names,
    ...Array.from({ length: Math.max(0, count - names.length) }, () => 'Ignore'),
  ];
  return count < 3 ? [plain] : [filled(versions), filled(plain)];
}

function reportQuestions({ target, accountId, l10n }: JobFormContext): readonly JobQuestion[] {
  const isNeeded = (answers: Answers): boolean =>
    findOperation(formatText(answers[JobQuestionId.operation]))?.isReportNeeded === true;
  const isEnabled = (answers: Answers): boolean => answers[JobQuestionId.reportEnabled] === true;
  return [
    {
      question: {
        kind: 'pick',
        id: JobQuestionId.reportEnabled,
        title: l10n.t('Completion report'),
        prompt: l10n.t('A report says of each task whether it succeeded, and why not.'),
        defaultValue: () => true,
        options: (answers) => {
          const yes = { label: l10n.t('Write a report'), value: true };
          if (isNeeded(answers)) return [{ ...yes, detail: l10n.t('The results of this operation are in the report only.') }];
          const detail = l10n.t('You will not learn which objects failed, nor why.');
          return [yes, { label: l10n.t('No report'), detail, value: false }];
        },
      },
      path: ['Report', 'Enabled'],
      write: (draft, value) => {
        writeMember(draft, ['Report', 'Enabled'], value);
        if (value === true) writeMember(draft, ['Report', 'Format'], reportFormat);
      },
      read: (request) => readMember(request, ['Report', 'Enabled']),
    },
    member(
      {
        kind: 'pick',
        id: JobQuestionId.reportBucket,
        title: l10n.t('Report bucket'),
        prompt:
          target.kind === 'local'
            ? l10n.t('The bucket that the report is written to. A bucket that is missing is created.')
            : l10n.t('The bucket that the report is written to.'),
        placeholder: l10n.t('Choose a bucket or type its name'),
        showWhen: isEnabled,
        source: 'buckets',
        options: () => [],
        ...(target.kind === 'local' ? { defaultValue: () => bucketArn('reports') } : {}),
        ...bucketText(partitionOf(target.region)),
      },
      ['Report', 'Bucket'],
    ),
    member(
      {
        kind: 'input',
        id: JobQuestionId.reportPrefix,
        title: l10n.t('Report prefix'),
        prompt: l10n.t('The report is written under <prefix>/job-<id>/. Empty: at the root of the bucket.'),
        showWhen: isEnabled,
        isOptional: true,
        parse: parseText,
        format: formatText,
      },
      ['Report', 'Prefix'],
    ),
    member(
      {
        kind: 'pick',
        id: JobQuestionId.reportScope,
        title: l10n.t('Report scope'),
        showWhen: isEnabled,
        defaultValue: () => 'AllTasks',
        options: () => [
          { label: l10n.t('All tasks'), description: 'AllTasks', value: 'AllTasks' },
          { label: l10n.t('Failed tasks only'), description: 'FailedTasksOnly', value: 'FailedTasksOnly' },
        ],
      },
      ['Report', 'ReportScope'],
    ),
    member(
      {
        kind: 'input',
        id: JobQuestionId.reportOwner,
        title: l10n.t('Owner of the report bucket'),
        prompt: l10n.t('The account that the bucket must belong to, 12 digits. The job fails when it is another one.'),
        // Most jobs go without: asked where an operation needs it, or a job that is made again had it.
        showWhen: (answers) => isEnabled(answers) && (isNeeded(answers) || answers[JobQuestionId.reportOwner] !== undefined),
        defaultValue: () => accountId,
        isOptional: true,
        parse: parseText,
        format: formatText,
      },
      ['Report', 'ExpectedBucketOwner'],
    ),
  ];
}

function otherQuestions({ target, accountId, l10n }: JobFormContext): readonly JobQuestion[] {
  const isLocal = target.kind === 'local';
  return [
    member(
      {
        kind: 'pick',
        id: JobQuestionId.role,
        source: 'roles',
        options: () => [],
        title: l10n.t('Job role'),
        prompt: isLocal ? l10n.t('The ARN of the job role. The local engine does not check it.') : (roleArnShape.doc ?? ''),
        placeholder: roleArn('111122223333', 'batch-operations'),
        ...(isLocal ? { defaultValue: () => roleArn(accountId, 's3-batch-local') } : {}),
        parse: parseText,
        format: formatText,
      },
      ['RoleArn'],
    ),
    member(
      {
        kind: 'input',
        id: JobQuestionId.priority,
        title: l10n.t('Priority'),
        prompt: priorityShape.doc ?? '',
        defaultValue: () => 10,
        parse: parseInteger,
        format: formatText,
      },
      ['Priority'],
    ),
    member(
      {
        kind: 'input',
        id: JobQuestionId.description,
        title: l10n.t('Description'),
        prompt: descriptionShape.doc ?? '',
        isOptional: true,
        parse: parseText,
        format: formatText,
      },
      ['Description'],
    ),
    tagQuestion(
      {
        kind: 'map',
        id: JobQuestionId.tags,
        title: l10n.t('Tags'),
        prompt: l10n.t('Tags of the job. Creating a job with tags needs s3:PutJobTagging.'),
        isOptional: true,
      },
      ['Tags'],
    ),
    member(
      {
        kind: 'pick',
        id: JobQuestionId.confirmation,
        title: l10n.t('Confirmation'),
        prompt: l10n.t('Must the job be confirmed before it runs?'),
        defaultValue: () => !isLocal,
        options: () => [
          { label: l10n.t('Run at once'), description: 'ConfirmationRequired: false', value: false },
          {
            label: l10n.t('Wait for confirmation'),
            description: 'ConfirmationRequired: true',
            detail: l10n.t('The job is prepared and then waits, for 30 days at most, until you run it.'),
            value: true,
          },
        ],
      },
      ['ConfirmationRequired'],
    ),
  ];
}

function reviewOptions(answers: Answers, { target, l10n }: JobFormContext): readonly PickOption[] {
  const runsAtOnce = answers[JobQuestionId.confirmation] === false;
  return [
    {
      label: l10n.t('Submit to {0}', target.label),
      detail: runsAtOnce ? l10n.t('The job runs as soon as it is prepared.') : l10n.t('The job waits for your confirmation.'),
      value: 'submit' satisfies ReviewChoice,
    },
    {
      label: l10n.t('Save as Job File…'),
      detail: l10n.t('Writes the job down as a *.s3job.json file and submits nothing.'),
      value: 'save' satisfies ReviewChoice,
    },
  ];
}
