import * as vscode from 'vscode';
import { cancelledError, isCancelled } from '../../base/errors.js';
import { parseObjectArn } from '../../core/job/arn.js';
import { bareETag, type JobFile } from '../../core/job/jobFile.js';
import type { Target, TargetClient } from '../../core/job/target.js';
import { targetText } from '../../core/view/targetText.js';
import { type CreateJobForm, createJobForm, JobQuestionId, type ReviewChoice } from '../../core/wizard/createJobForm.js';
import {
  type Answers,
  answer,
  back,
  canGoBack,
  currentQuestion,
  offeredValue,
  type Question,
  startFilled,
  startWizard,
  stepOf,
  type WizardState,
} from '../../core/wizard/form.js';
import { isManifestChoice } from '../../core/wizard/manifestChoice.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import type { FilledJob } from '../platform/commandTypes.js';
import type { JobReference } from '../platform/jobReference.js';
import type { Services } from '../platform/services.js';
import { submitFromEditor } from '../run/submitFromEditor.js';
import { type Asked, askQuestion } from './askQuestion.js';
import { completeS3Uri, manifestChoice, optionLoader } from './optionSources.js';
import { RequestPreview } from './requestPreview.js';
import { reviewTexts } from './reviewTexts.js';
import { saveJobFile } from './saveJobFile.js';

/** The answers of the last time, by target and manifest, so that nothing has to be typed again after a wizard was left or a submit stopped. */
const remembered = new Map<string, Answers>();

/** Asks for a new job, question by question, and submits it or saves it as a job file. */
export async function createJob(
  services: Services,
  jobs: Jobs,
  given: vscode.Uri | undefined,
  filled: FilledJob | undefined,
): Promise<JobReference | undefined> {
  const target = await chooseTarget(jobs, filled?.targetId);
  if (target === undefined) throw cancelledError();
  if (target.kind === 'local') {
    const unavailable = services.engine.unavailability();
    if (unavailable !== undefined) throw unavailable;
  }
  const title =
    target.kind === 'local' ? vscode.l10n.t('Starting the local engine…') : vscode.l10n.t('Asking {0}…', targetText(target));
  // Asked for anew whenever it is needed: while somebody thinks, the engine may be started again and be reached otherwise.
  const connect: Connect = async () => await jobs.targets.client(target.id);
  const accountId = await vscode.window.withProgress({ location: { viewId: 's3batch.jobs' }, title }, async () => {
    const client = await connect();
    return await client.accountId();
  });
  const form = createJobForm({ target, accountId, l10n: vscode.l10n });
  const manifest = given === undefined ? undefined : await manifestChoice(given);
  const preview = new RequestPreview();
  try {
    const key = `${target.id} ${manifest?.uri ?? ''}`;
    return await new CreateJob(services, jobs, target, connect, form, preview).run(key, startOf(form, key, manifest, filled));
  } finally {
    await preview.hide();
    preview.dispose();
  }
}

/** A form that was filled in is reviewed first; an empty one offers what was answered the last time. */
function startOf(
  form: CreateJobForm,
  key: string,
  manifest: Awaited<ReturnType<typeof manifestChoice>> | undefined,
  filled: FilledJob | undefined,
): WizardState {
  const given: Answers = manifest === undefined ? {} : { [JobQuestionId.manifest]: manifest };
  if (filled === undefined) return startWizard(form, given, remembered.get(key));
  return startFilled(form, { ...form.answersOf(filled.job), ...given });
}

async function chooseTarget(jobs: Jobs, targetId: string | undefined): Promise<Target | undefined> {
  const { targets } = jobs.targets;
  const given = targets.find(({ id }) => id === targetId);
  if (given !== undefined || targets.length === 1) return given ?? targets[0];
  const chosen = await vscode.window.showQuickPick(
    targets.map((target) => ({ label: targetText(target), target })),
    { title: vscode.l10n.t('New S3 Batch Operations Job'), placeHolder: vscode.l10n.t('Where does the job run?') },
  );
  return chosen?.target;
}

type Connect = () => Promise<TargetClient>;

class CreateJob {
  readonly #services: Services;
  readonly #jobs: Jobs;
  readonly #target: Target;
  readonly #connect: Connect;
  readonly #form: CreateJobForm;
  readonly #preview: RequestPreview;

  constructor(services: Services, jobs: Jobs, target: Target, connect: Connect, form: CreateJobForm, preview: RequestPreview) {
    this.#services = services;
    this.#jobs = jobs;
    this.#target = target;
    this.#connect = connect;
    this.#form = form;
    this.#preview = preview;
  }

  /** `key` says for what the answers are remembered. */
  async run(key: string, start: WizardState): Promise<JobReference | undefined> {
    let state = start;
    try {
      for (;;) {
        const question = currentQuestion(this.#form, state);
        if (question !== undefined) {
          const asked = await this.#ask(question, state);
          state =
            asked.kind === 'answer'
              ? answer(this.#form, state, asked.value)
              : (back(this.#form, state, { value: asked.draft }) ?? state);
          continue;
        }
        const end = await this.#finish(state);
        if (end !== 'again') return end.reference;
        state = back(this.#form, state) ?? state;
      }
    } finally {
      const { [JobQuestionId.review]: _, ...answers } = state.answers;
      remembered.set(key, answers);
    }
  }

  async #ask(question: Question, state: WizardState): Promise<Asked> {
    const isReview = question.kind === 'review';
    const left = new AbortController();
    if (isReview) await this.#showReview(state, left.signal);
    const source = question.kind === 'pick' ? question.source : undefined;
    const load = optionLoader(this.#connect, this.#services, state.answers);
    const asking = askQuestion(question, {
      ...stepOf(this.#form, state),
      title: this.#form.title,
      canGoBack: canGoBack(this.#form, state),
      answers: state.answers,
      offered: isReview ? undefined : offeredValue(question, state),
      ...(source === undefined ? {} : { load: () => load(source) }),
      ...(source === 'manifests' ? { complete: async (text) => await completeS3Uri(await this.#connect(), text) } : {}),
    });
    try {
      return await asking;
    } finally {
      left.abort();
      if (isReview) await this.#preview.hide();
    }
  }

  /** Shows the request and, as soon as it is known, what the job costs. Whoever has read enough need not wait for it. */
  async #showReview({ answers }: WizardState, signal: AbortSignal): Promise<void> {
    const { settings, errors } = this.#services;
    const job = this.#form.job(answers);
    const texts = reviewTexts(settings, this.#target, job, manifestUri(answers), signal);
    const first = await texts.next();
    if (first.done !== true) await this.#preview.show(first.value);
    void errors.run('Estimate the cost', async () => {
      for await (const text of texts) if (!signal.aborted) this.#preview.update(text);
    });
  }

  /** A job file stands by itself: the ETag of a manifest that is in S3 already is written down, where it can be read. */
  async #withETag(job: JobFile, manifest: vscode.Uri | undefined): Promise<JobFile> {
    const location = job.Manifest?.Location;
    if (manifest !== undefined || job.Manifest === undefined || location === undefined || location.ETag !== undefined) return job;
    const place = parseObjectArn(location.ObjectArn);
    if (place === undefined || location.ObjectVersionId !== undefined) return job;
    try {
      const { etag } = await (await this.#connect()).headObject(place.bucket, place.key);
      return { ...job, Manifest: { ...job.Manifest, Location: { ...location, ETag: bareETag(etag) } } };
    } catch (error) {
      // The file then says itself that its ETag is missing.
      this.#services.errors.logOnly('Read the ETag of the manifest', error);
      return job;
    }
  }

  /** Does what the review ended in; `again` asks the review once more, with every answer in place. */
  async #finish(state: WizardState): Promise<'again' | { readonly reference: JobReference | undefined }> {
    const choice = state.answers[JobQuestionId.review] as ReviewChoice;
    const job = this.#form.job(state.answers);
    const manifest = manifestUri(state.answers);
    let reference: JobReference | undefined;
    try {
      if (choice === 'save') {
        return (await saveJobFile(await this.#withETag(job, manifest), manifest)) === undefined ? 'again' : { reference };
      }
      reference = await submitFromEditor({
        services: this.#services,
        client: await this.#connect(),
        job: manifest === undefined ? job : { ...job, ManifestFile: manifest.path.slice(manifest.path.lastIndexOf('/') + 1) },
        manifest,
      });
    } catch (error) {
      if (isCancelled(error)) throw error;
      this.#services.errors.report('Create a job', error);
      return 'again';
    }
    // From here on the job exists: nothing may lead back to a second one.
    if (reference !== undefined) {
      await vscode.commands.executeCommand('s3batch.jobs.focus');
      await this.#jobs.follow(reference);
    }
    return { reference };
  }
}

function manifestUri(answers: Answers): vscode.Uri | undefined {
  const choice = answers[JobQuestionId.manifest];
  return isManifestChoice(choice) && choice.kind === 'file' ? vscode.Uri.parse(choice.uri, true) : undefined;
}
