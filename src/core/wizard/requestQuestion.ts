import { type Finding, type FindingPath, type FindingSeverity, pathText } from '../operations/validateShape.js';
import { validateCreateJobRequest } from '../job/validateRequest.js';
import type { AnswerProblem } from './form.js';
import type { JobDraft } from './jobDraft.js';

/** What the client fills in at submit, so that nobody misses it while the request is written. */
const filledInLater: readonly string[] = ['AccountId', 'ClientRequestToken', 'Manifest.Location.ETag'];

/**
 * What the service's rules say of one member of a draft, the first error before the first warning. The same rules check job files, so
 * the wizard accepts exactly what they do. `title` stands for the member in the sentence.
 */
export function problemAt(draft: JobDraft, path: FindingPath, title: string): AnswerProblem | undefined {
  const findings = validateCreateJobRequest(draft, { filledIn: filledInLater }).filter((finding) => concerns(finding, path));
  const of = (severity: FindingSeverity): Finding | undefined => findings.find((item) => item.severity === severity);
  const finding = of('error') ?? of('warning');
  // What is only good to know is said by the question itself.
  if (finding === undefined || finding.severity === 'information') return undefined;
  return { severity: finding.severity, message: finding.message.replaceAll(pathText(path), title) };
}

function concerns(finding: Finding, path: FindingPath): boolean {
  const isInside = path.every((part, index) => finding.path[index] === part);
  if (isInside) return true;
  // Of a member that is missing, the finding points at its owner.
  const isAtOwner = finding.path.length === path.length - 1 && finding.path.every((part, index) => path[index] === part);
  return isAtOwner && finding.member !== undefined && finding.member === path.at(-1);
}
