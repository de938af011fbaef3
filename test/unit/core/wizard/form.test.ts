import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Answers,
  answer,
  back,
  type Form,
  offeredValue,
  type Question,
  startWizard,
  stepOf,
} from '../../../../src/core/wizard/form.js';
import { WizardTester } from '../../../support/wizardTester.js';

function input(id: string, showWhen?: (answers: Answers) => boolean): Question {
  return {
    kind: 'input',
    id,
    title: id,
    parse: (text) => text,
    format: String,
    validate: (value) => (value === 'bad' ? { severity: 'error', message: 'That is bad.' } : undefined),
    ...(showWhen === undefined ? {} : { showWhen }),
  };
}

const form: Form = {
  title: 'Test',
  questions: [
    input('a'),
    input('b', (answers) => answers['a'] === 'with b'),
    input('c'),
    input('d', (answers) => answers['c'] !== 'no d'),
  ],
};

describe('a wizard', () => {
  it('asks what the answers so far ask for', () => {
    new WizardTester(form).expectQuestion('a').type('x').expectQuestion('c').type('no d').expectDone();
    new WizardTester(form).type('with b').expectQuestion('b').type('y').expectQuestion('c').type('z').expectQuestion('d');
  });

  it('keeps answers on the way back, also that which was being typed', () => {
    const tester = new WizardTester(form).type('with b').type('y').expectQuestion('c').back({ value: 'half' });
    tester.expectQuestion('b').expectOffered('y').accept().expectQuestion('c').expectOffered('half');
  });

  it('goes back over a question that is no longer asked, and remembers its answer for when it is', () => {
    const tester = new WizardTester(form).type('with b').type('y').back().back().expectQuestion('a');
    tester.type('without').expectQuestion('c').back().expectQuestion('a').expectNoWayBack();
    tester.type('with b').expectQuestion('b').expectOffered('y');
  });

  it('does not ask what is given, and does not go back to it', () => {
    new WizardTester(form, { a: 'with b' }).expectQuestion('b').expectNoWayBack().type('y').back().expectQuestion('b');
  });

  it('offers what was answered another time, and still asks it', () => {
    const state = startWizard(form, {}, { a: 'with b', b: 'y' });
    assert.equal(state.at, 'a');
    assert.equal(offeredValue(input('a'), state), 'with b');
  });

  it('counts its steps as the answers stand', () => {
    const tester = new WizardTester(form).expectStep(1, 3).type('with b').expectStep(2, 4).type('y').expectStep(3, 4);
    tester.type('no d').expectStep(3, 3).expectDone();
    new WizardTester(form, { a: 'with b' }).expectStep(1, 3);
  });

  it('does not go on from an answer with an error', () => {
    const tester = new WizardTester(form);
    assert.throws(() => tester.type('bad'), /That is bad/);
    tester.expectQuestion('a');
  });

  it('never skips or repeats a question, whatever is answered and however often one goes back', () => {
    const moves = fc.array(fc.constantFrom('with b', 'x', 'no d', 'back'), { maxLength: 30 });
    fc.assert(
      fc.property(moves, (steps) => {
        let state = startWizard(form);
        for (const move of steps) {
          if (move === 'back') state = back(form, state) ?? state;
          else if (state.at !== undefined) state = answer(form, state, move);
          assert.equal(new Set(state.trail).size, state.trail.length);
          const { step, total } = stepOf(form, state);
          assert.ok(step >= 1 && step <= total && total <= form.questions.length);
          if (state.at !== undefined) assert.ok(!state.trail.includes(state.at));
        }
      }),
    );
  });
});
