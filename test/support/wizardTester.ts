import assert from 'node:assert/strict';
import {
  type Answers,
  answer,
  back,
  checkAnswer,
  currentQuestion,
  type Form,
  offeredValue,
  type Question,
  startWizard,
  stepOf,
  type WizardState,
} from '../../src/core/wizard/form.js';

/**
 * Walks through a form without any user interface: asserts which question is open, answers it through its own parsing and validation,
 * goes back. Every step throws when the form does not do as the test says.
 */
export class WizardTester<F extends Form> {
  readonly form: F;
  #state: WizardState;

  constructor(form: F, given: Answers = {}) {
    this.form = form;
    this.#state = startWizard(form, given);
  }

  get answers(): Answers {
    return this.#state.answers;
  }

  get question(): Question {
    const question = currentQuestion(this.form, this.#state);
    assert.ok(question !== undefined, 'a question is open');
    return question;
  }

  expectQuestion(id: string): this {
    assert.equal(this.#state.at, id);
    return this;
  }

  expectStep(step: number, total: number): this {
    assert.deepEqual(stepOf(this.form, this.#state), { step, total });
    return this;
  }

  /** What the question offers: the answer it had, or its default. */
  expectOffered(value: unknown): this {
    assert.deepEqual(offeredValue(this.question, this.#state), value);
    return this;
  }

  /** The labels of the question's own options. */
  expectOptions(...labels: readonly string[]): this {
    const { question } = this;
    assert.ok(question.kind === 'pick' || question.kind === 'review', `${question.id} has options`);
    assert.deepEqual(
      question.options(this.answers).map((option) => option.label),
      labels,
    );
    return this;
  }

  /** The labels of a question that takes any number of options. */
  expectChoices(...labels: readonly string[]): this {
    const { question } = this;
    assert.ok(question.kind === 'several', `${question.id} takes several`);
    assert.deepEqual(
      question.options(this.answers).map((option) => option.label),
      labels,
    );
    return this;
  }

  /** Asserts that a value is refused, or warned of, with a message. */
  expectProblem(value: unknown, severity: 'error' | 'warning', message: RegExp): this {
    const problem = checkAnswer(this.question, value, this.answers);
    assert.equal(problem?.severity, severity, `${this.question.id}: ${JSON.stringify(problem)}`);
    assert.match(problem?.message ?? '', message);
    return this;
  }

  expectFine(value: unknown): this {
    assert.equal(checkAnswer(this.question, value, this.answers), undefined, this.question.id);
    return this;
  }

  /** Answers with a value. */
  answer(value: unknown): this {
    this.#state = answer(this.form, this.#state, value);
    return this;
  }

  /** Answers with text, as somebody types it. */
  type(text: string): this {
    return this.answer(this.parse(text));
  }

  /** What the open question makes of typed text. */
  parse(text: string): unknown {
    const { question } = this;
    assert.ok(
      (question.kind === 'input' || question.kind === 'pick') && question.parse !== undefined,
      `${question.id} takes text`,
    );
    return question.parse(text);
  }

  /** Takes what is offered. */
  accept(): this {
    return this.answer(offeredValue(this.question, this.#state));
  }

  /** Takes what is offered until a question is open. */
  acceptUntil(id: string): this {
    for (let count = 0; this.#state.at !== id; count += 1) {
      assert.ok(this.#state.at !== undefined && count < 100, `${id} is asked`);
      this.accept();
    }
    return this;
  }

  back(draft?: { readonly value: unknown }): this {
    const state = back(this.form, this.#state, draft);
    assert.ok(state !== undefined, `there is a question before ${this.#state.at}`);
    this.#state = state;
    return this;
  }

  expectNoWayBack(): this {
    assert.equal(back(this.form, this.#state), undefined);
    return this;
  }

  expectDone(): this {
    assert.equal(this.#state.at, undefined);
    return this;
  }
}
