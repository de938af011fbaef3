import * as vscode from 'vscode';
import { isCancelled } from '../../base/errors.js';
import { formatJobFile, type JobFile } from '../../core/job/jobFile.js';
import type { TargetClient } from '../../core/job/target.js';
import { type CreateJobForm, createJobForm, JobQuestionId, type ReviewChoice } from '../../core/wizard/createJobForm.js';
import {
  type Answers,
  answer,
  back,
  canGoBack,
  currentQuestion,
  offeredValue,
  type Question,
  startWizard,
  stepOf,
  type WizardState,
} from '../../core/wizard/form.js';
import { isManifestChoice } from '../../core/wizard/manifestChoice.js';
import { localTargetId } from '../explorer/localTargetId.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import type { JobReference } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';
import { submitFromEditor } from '../run/submitFromEditor.js';
import { type Asked, askQuestion } from './askQuestion.js';
import { manifestChoice, optionLoader } from './optionSources.js';
import { RequestPreview } from './requestPreview.js';
import { saveJobFile } from './saveJobFile.js';

/** The answers of the last time, by manifest, so that nothing has to be typed again after a wizard was left or a submit stopped. */
const remembered = new Map<string, Answers>();

/** Asks for a new job, question by question, and submits it or saves it as a job file. */
export async function createJob(
  services: Services,
  jobs: Jobs,
  given: vscode.Uri | undefined,
): Promise<JobReference | undefined> {
  const unavailable = services.engine.unavailability();
  if (unavailable !== undefined) throw unavailable;
  const starting = { location: { viewId: 's3batch.jobs' }, title: vscode.l10n.t('Starting the local engine…') };
  // Asked for anew whenever it is needed: while somebody thinks, the engine may be started again and be reached otherwise.
  const connect: Connect = async () => await jobs.targets.client(localTargetId);
  const client = await vscode.window.withProgress(starting, connect);
  const form = createJobForm({ target: client.target, accountId: await client.accountId(), l10n: vscode.l10n });
  const manifest = given === undefined ? undefined : await manifestChoice(given);
  const preview = new RequestPreview();
  try {
    return await new CreateJob(services, jobs, connect, form, preview).run(manifest);
  } finally {
    await preview.hide();
    preview.dispose();
  }
}

type Connect = () => Promise<TargetClient>;

class CreateJob {
  readonly #services: Services;
  readonly #jobs: Jobs;
  readonly #connect: Connect;
  readonly #form: CreateJobForm;
  readonly #preview: RequestPreview;

  constructor(services: Services, jobs: Jobs, connect: Connect, form: CreateJobForm, preview: RequestPreview) {
    this.#services = services;
    this.#jobs = jobs;
    this.#connect = connect;
    this.#form = form;
    this.#preview = preview;
  }

  async run(manifest: Awaited<ReturnType<typeof manifestChoice>> | undefined): Promise<JobReference | undefined> {
    const key = manifest?.uri ?? '';
    const given: Answers = manifest === undefined ? {} : { [JobQuestionId.manifest]: manifest };
    let state = startWizard(this.#form, given, remembered.get(key));
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
    if (isReview) await this.#preview.show(requestText(this.#form.job(state.answers)));
    const source = question.kind === 'pick' ? question.source : undefined;
    const load = optionLoader(this.#connect, this.#services.settings);
    const asked = await askQuestion(question, {
      ...stepOf(this.#form, state),
      title: this.#form.title,
      canGoBack: canGoBack(this.#form, state),
      answers: state.answers,
      offered: isReview ? undefined : offeredValue(question, state),
      ...(source === undefined ? {} : { load: () => load(source) }),
    });
    if (isReview) await this.#preview.hide();
    return asked;
  }

  /** Does what the review ended in; `again` asks the review once more, with every answer in place. */
  async #finish(state: WizardState): Promise<'again' | { readonly reference: JobReference | undefined }> {
    const choice = state.answers[JobQuestionId.review] as ReviewChoice;
    const job = this.#form.job(state.answers);
    const manifest = manifestUri(state.answers);
    let reference: JobReference | undefined;
    try {
      if (choice === 'save') return (await saveJobFile(job, manifest)) === undefined ? 'again' : { reference };
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

/** The request as it will be sent; what is known only at submit is named. */
function requestText(job: JobFile): string {
  return `// ${vscode.l10n.t('The account, the token and the ETag of the manifest are filled in at submit.')}\n${formatJobFile(job)}`;
}
