import type { Uri } from 'vscode';
import type { JobFile } from '../../core/job/jobFile.js';
import type { ReportElement } from '../report/reportElement.js';
import type { JobReference } from './jobReference.js';
import type { JobCost } from '../../core/cost/costOfJob.js';
import type { RoleComparison } from '../../core/iam/compareRole.js';
import type { PolicyFormat } from '../../core/iam/formats/policyFormat.js';
import type { ExportFormatName } from '../../core/export/exportJob.js';
import type { ManifestField } from '../../core/job/jobTypes.js';
import type { RuleId } from '../../core/manifest/rules/rule.js';

/** How a file stands that was linted by command. */
export interface LintedFile {
  readonly file: Uri;
  readonly rows: number;
  readonly errors: number;
  readonly warnings: number;
}

/** What a job command is given: a job, `selection` from a key, or nothing from the palette. */
export type GivenJob = JobReference | 'selection';

/** What the wizard is filled in with: to make a job like another one, or the next one of a report. It begins with the review. */
export interface FilledJob {
  readonly targetId?: string;
  readonly job: JobFile;
}

/** Whose policy, and how it is written. */
export interface PolicyChoice {
  readonly format: PolicyFormat;
  readonly isSubmitter: boolean;
}

/** A task to debug the handler on: of a report, or of anywhere else. */
export interface DebugTask {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  readonly versionId?: string;
  /** The job file whose function, arguments and schema count; without it these do. */
  readonly jobFile?: Uri;
  readonly functionArn?: string;
  readonly userArguments?: Readonly<Record<string, string>>;
  readonly schemaVersion?: string;
}

/** Every command of the extension. package.json contributes exactly these; a test holds the two equal. */
export const Command = {
  /** Treats the file (or the open one) as a manifest from now on, in this workspace. */
  manifestTreatAs: 's3batch.manifest.treatAs',
  manifestStopTreatingAs: 's3batch.manifest.stopTreatingAs',
  /** Lints files, or the manifests of folders, on disk; as the Explorer calls it, or the file in front. */
  manifestLintFile: 's3batch.manifest.lintFile',
  /** Declares which columns a manifest has, for one that no job file names. */
  manifestDeclareColumns: 's3batch.manifest.declareColumns',
  /** Saves the file without the byte order mark that it begins with. */
  manifestRemoveByteOrderMark: 's3batch.manifest.removeByteOrderMark',
  /** Applies every fix whose result is certain to the manifest (or the open one). */
  manifestFixAll: 's3batch.manifest.fixAll',
  /** Copies what the manifest's current row names as `s3://bucket/key`, decoded. */
  manifestCopyUri: 's3batch.manifest.copyUri',
  manifestCopyKey: 's3batch.manifest.copyKey',
  /** Shows the page of a rule; which one is asked unless said. */
  manifestExplainRule: 's3batch.manifest.explainRule',
  /** Makes a manifest of a list of keys: a file, or what is open or selected. */
  manifestEncode: 's3batch.manifest.encode',
  /** Lists a bucket of a target into a manifest; goes on with what was interrupted. */
  manifestFromBucket: 's3batch.manifest.fromBucket',
  /** Converts an S3 Inventory; the file is its manifest.json. */
  manifestFromInventory: 's3batch.manifest.fromInventory',
  manifestCheckInventory: 's3batch.manifest.checkInventory',
  /** Set operations: a new manifest beside the first one; the second argument is what is selected in the Explorer. */
  manifestMinus: 's3batch.manifest.minus',
  manifestUnion: 's3batch.manifest.union',
  manifestDedupe: 's3batch.manifest.dedupe',
  manifestSample: 's3batch.manifest.sample',
  manifestSplit: 's3batch.manifest.split',
  manifestFilter: 's3batch.manifest.filter',
  handlerNew: 's3batch.handler.new',
  /** Debugs the handler on the row under the cursor, or on a task that is given. */
  handlerDebugRow: 's3batch.handler.debugRow',
  /** Opens the wizard; the file is a manifest. */
  jobCreate: 's3batch.job.create',
  /** Runs on the local engine; the file is a manifest or a job file. */
  jobRunLocally: 's3batch.job.runLocally',
  /** The same on some of the rows: asks which. */
  jobRehearse: 's3batch.job.rehearse',
  /** Runs a job file on the local engine under the debugger. */
  jobDebugLocally: 's3batch.job.debugLocally',
  /** Confirms a suspended job, so that it runs. */
  jobConfirm: 's3batch.job.confirm',
  jobCancel: 's3batch.job.cancel',
  jobChangePriority: 's3batch.job.changePriority',
  jobOpenReport: 's3batch.job.openReport',
  /** What a job of the local engine changed in its store. */
  jobShowChanges: 's3batch.job.showChanges',
  /** What the second of two runs under chaos did otherwise than the first. */
  jobShowChaos: 's3batch.job.showChaos',
  /** Runs a job file on a sample of its manifest, then offers the rest. */
  jobTrySample: 's3batch.job.trySample',
  /** Opens a report: a file, a folder, a zip file, or s3://. */
  reportOpen: 's3batch.report.open',
  reportClose: 's3batch.report.close',
  /** Makes a manifest of the failed tasks, of a report or of a cause, and opens the wizard. */
  reportRetry: 's3batch.report.retry',
  /** Makes a manifest of the rows that were never attempted, and opens the wizard. */
  reportResume: 's3batch.report.resume',
  reportCompare: 's3batch.report.compare',
  reportLoadMore: 's3batch.report.loadMore',
  reportOpenObject: 's3batch.report.openObject',
  reportCopyKey: 's3batch.report.copyKey',
  /** Debugs the handler on a failed task of the Report view. */
  reportDebugRow: 's3batch.report.debugRow',
  /** Shows what the handler of a local job wrote. */
  reportOpenLog: 's3batch.report.openLog',
  jobOpenManifest: 's3batch.job.openManifest',
  jobCopyId: 's3batch.job.copyId',
  jobCopyArn: 's3batch.job.copyArn',
  /** Copies the AWS CLI line that creates the same job again. */
  jobCopyAsCli: 's3batch.job.copyAsCli',
  /** Opens the wizard with everything filled in as in a job. */
  jobClone: 's3batch.job.clone',
  /** Opens the page of a job. */
  jobShow: 's3batch.job.show',
  jobPin: 's3batch.job.pin',
  jobUnpin: 's3batch.job.unpin',
  jobEditTags: 's3batch.job.editTags',
  /** Opens the job in the AWS console. */
  jobOpenInConsole: 's3batch.job.openInConsole',
  /** Opens the role of a job on AWS in the console. */
  jobOpenRole: 's3batch.job.openRole',
  /** Shows two jobs side by side as job files. */
  jobCompare: 's3batch.job.compare',
  /** Checks a job file and shows its problems. */
  jobCheck: 's3batch.job.check',
  /** Opens the policies that a job file needs, in a format. */
  jobPolicy: 's3batch.job.policy',
  /** Compares what a job file needs with the policies of a role in files. */
  jobCompareRole: 's3batch.job.compareRole',
  /** Shows what a job file costs and how far it reaches. */
  jobCost: 's3batch.job.cost',
  /** Opens a new job file with all that an operation needs; the operation by its name in the API. */
  jobFileNew: 's3batch.jobFile.new',
  /** Writes an existing job down as a job file. */
  jobSaveAsFile: 's3batch.job.saveAsFile',
  /** Submits a job file to a target that the person chooses. */
  jobSubmit: 's3batch.job.submit',
  /** Opens a job file as code that creates the job. */
  jobExport: 's3batch.job.export',
  jobsRefresh: 's3batch.jobs.refresh',
  /** Reads the next page of a target's jobs. */
  jobsFilter: 's3batch.jobs.filter',
  jobsClearFilter: 's3batch.jobs.clearFilter',
  jobsGroupByStatus: 's3batch.jobs.groupByStatus',
  jobsGroupByTarget: 's3batch.jobs.groupByTarget',
  /** Forgets which jobs ended while nobody looked. */
  jobsDismissAway: 's3batch.jobs.dismissAway',
  jobsLoadMore: 's3batch.jobs.loadMore',
  /** Adds an AWS profile and a Region as a target. */
  targetAdd: 's3batch.target.add',
  targetRemove: 's3batch.target.remove',
  /** Searches what is kept of jobs, also of those that the service has forgotten. */
  ledgerSearch: 's3batch.ledger.search',
  ledgerExport: 's3batch.ledger.export',
  ledgerDelete: 's3batch.ledger.delete',
  engineStart: 's3batch.engine.start',
  engineStop: 's3batch.engine.stop',
  engineRestart: 's3batch.engine.restart',
  engineRevealData: 's3batch.engine.revealData',
  /** Copies the variables with which the AWS CLI or boto3 reaches the running engine. */
  engineCopyEnvironment: 's3batch.engine.copyEnvironment',
  logShow: 's3batch.log.show',
} as const;
export type CommandId = (typeof Command)[keyof typeof Command];

/**
 * Arguments and result of each command. Every argument is optional, because the Command Palette passes none: the command then asks,
 * or takes the active editor.
 */
export interface CommandTypes {
  's3batch.manifest.treatAs': { args: [file?: Uri]; result: void };
  's3batch.manifest.stopTreatingAs': { args: [file?: Uri]; result: void };
  's3batch.manifest.lintFile': { args: [clicked?: Uri, selected?: readonly Uri[]]; result: readonly LintedFile[] };
  's3batch.manifest.declareColumns': { args: [file?: Uri, columns?: readonly ManifestField[]]; result: void };
  's3batch.manifest.removeByteOrderMark': { args: [file?: Uri]; result: void };
  's3batch.manifest.fixAll': { args: [file?: Uri]; result: void };
  's3batch.manifest.copyUri': { args: [textOrFile?: string | Uri]; result: void };
  's3batch.manifest.copyKey': { args: [textOrFile?: string | Uri]; result: void };
  's3batch.manifest.explainRule': { args: [rule?: RuleId]; result: Uri | undefined };
  's3batch.manifest.encode': { args: [file?: Uri, selected?: readonly Uri[]]; result: Uri | undefined };
  's3batch.manifest.fromBucket': { args: [target?: { readonly targetId?: string }]; result: Uri | undefined };
  's3batch.manifest.fromInventory': { args: [file?: Uri]; result: Uri | undefined };
  's3batch.manifest.checkInventory': { args: [file?: Uri]; result: void };
  's3batch.manifest.minus': { args: [file?: Uri, selected?: readonly Uri[]]; result: Uri | undefined };
  's3batch.manifest.union': { args: [file?: Uri, selected?: readonly Uri[]]; result: Uri | undefined };
  's3batch.manifest.dedupe': { args: [file?: Uri]; result: Uri | undefined };
  's3batch.manifest.sample': { args: [file?: Uri]; result: Uri | undefined };
  's3batch.manifest.split': { args: [file?: Uri]; result: Uri | undefined };
  's3batch.manifest.filter': { args: [file?: Uri]; result: Uri | undefined };
  's3batch.handler.new': { args: [folder?: Uri]; result: Uri | undefined };
  's3batch.handler.debugRow': { args: [given?: Uri | DebugTask]; result: boolean };
  's3batch.job.create': { args: [manifest?: Uri, filled?: FilledJob]; result: JobReference | undefined };
  's3batch.job.runLocally': { args: [manifestOrJobFile?: Uri]; result: JobReference | undefined };
  's3batch.job.rehearse': { args: [manifestOrJobFile?: Uri]; result: JobReference | undefined };
  's3batch.job.debugLocally': { args: [jobFile?: Uri]; result: boolean };
  's3batch.job.confirm': { args: [job?: GivenJob, jobs?: readonly JobReference[]]; result: void };
  's3batch.job.cancel': { args: [job?: GivenJob, jobs?: readonly JobReference[]]; result: void };
  's3batch.job.changePriority': { args: [job?: GivenJob, jobs?: readonly JobReference[]]; result: void };
  's3batch.job.show': { args: [job?: GivenJob]; result: void };
  's3batch.job.pin': { args: [job?: GivenJob, jobs?: readonly JobReference[]]; result: void };
  's3batch.job.unpin': { args: [job?: GivenJob, jobs?: readonly JobReference[]]; result: void };
  's3batch.job.editTags': { args: [job?: GivenJob]; result: void };
  's3batch.job.openInConsole': { args: [job?: GivenJob]; result: void };
  's3batch.job.openRole': { args: [job?: GivenJob]; result: void };
  's3batch.job.compare': { args: [job?: GivenJob, jobs?: readonly JobReference[]]; result: void };
  's3batch.job.openReport': { args: [job?: JobReference]; result: void };
  's3batch.job.showChanges': { args: [job?: JobReference]; result: void };
  's3batch.job.showChaos': { args: [job?: JobReference]; result: void };
  's3batch.job.trySample': { args: [jobFile?: Uri]; result: JobReference | undefined };
  's3batch.report.open': { args: [file?: Uri]; result: void };
  's3batch.report.close': { args: [element?: ReportElement]; result: void };
  's3batch.report.retry': {
    args: [given?: ReportElement | JobReference, all?: readonly ReportElement[]];
    result: Uri | undefined;
  };
  's3batch.report.resume': { args: [given?: ReportElement | JobReference]; result: Uri | undefined };
  's3batch.report.compare': { args: [element?: ReportElement]; result: void };
  's3batch.report.loadMore': { args: [cause?: ReportElement]; result: void };
  's3batch.report.openObject': { args: [row?: ReportElement]; result: void };
  's3batch.report.copyKey': { args: [row?: ReportElement, all?: readonly ReportElement[]]; result: void };
  's3batch.report.debugRow': { args: [row?: ReportElement]; result: boolean };
  's3batch.report.openLog': { args: [given?: ReportElement | JobReference]; result: void };
  's3batch.job.openManifest': { args: [job?: GivenJob]; result: void };
  's3batch.job.copyId': { args: [job?: GivenJob, jobs?: readonly JobReference[]]; result: void };
  's3batch.job.copyAsCli': { args: [job?: GivenJob]; result: void };
  's3batch.job.clone': { args: [job?: GivenJob]; result: JobReference | undefined };
  's3batch.job.copyArn': { args: [job?: GivenJob, jobs?: readonly JobReference[]]; result: void };
  's3batch.job.check': { args: [jobFile?: Uri]; result: void };
  's3batch.job.policy': { args: [jobFile?: Uri, choice?: PolicyChoice]; result: void };
  's3batch.job.compareRole': { args: [jobFile?: Uri, policies?: readonly Uri[]]; result: RoleComparison | undefined };
  's3batch.job.cost': { args: [jobFile?: Uri]; result: JobCost };
  's3batch.jobFile.new': { args: [folder?: Uri, operation?: string]; result: Uri | undefined };
  's3batch.job.saveAsFile': { args: [job?: JobReference]; result: Uri | undefined };
  's3batch.job.submit': { args: [jobFile?: Uri]; result: JobReference | undefined };
  's3batch.job.export': { args: [jobFile?: Uri, format?: ExportFormatName]; result: Uri | undefined };
  's3batch.jobs.refresh': { args: []; result: void };
  's3batch.jobs.filter': { args: []; result: void };
  's3batch.jobs.clearFilter': { args: []; result: void };
  's3batch.jobs.groupByStatus': { args: []; result: void };
  's3batch.jobs.groupByTarget': { args: []; result: void };
  's3batch.jobs.dismissAway': { args: []; result: void };
  's3batch.jobs.loadMore': { args: [targetId?: string, parentId?: string]; result: void };
  's3batch.target.add': { args: []; result: string | undefined };
  's3batch.target.remove': { args: [target?: { readonly targetId: string }]; result: void };
  's3batch.ledger.search': { args: []; result: void };
  's3batch.ledger.export': { args: []; result: void };
  's3batch.ledger.delete': { args: []; result: void };
  's3batch.engine.start': { args: []; result: void };
  's3batch.engine.stop': { args: []; result: void };
  's3batch.engine.restart': { args: []; result: void };
  's3batch.engine.revealData': { args: []; result: void };
  's3batch.engine.copyEnvironment': { args: []; result: void };
  's3batch.log.show': { args: []; result: void };
}

/** Fails to compile when a command has no types, or types have no command. */
type Missing = Exclude<CommandId, keyof CommandTypes> | Exclude<keyof CommandTypes, CommandId>;
export const hasTypeOfEveryCommand: [Missing] extends [never] ? true : Missing = true;
