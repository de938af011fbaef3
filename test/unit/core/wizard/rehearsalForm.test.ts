import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Target } from '../../../../src/core/job/target.js';
import { untranslated } from '../../../../src/core/view/localizer.js';
import { addTargetChoice, rehearsalForm } from '../../../../src/core/wizard/rehearsalForm.js';
import { WizardTester } from '../../../support/wizardTester.js';

const local: Target = { id: 'local', kind: 'local', label: 'Local', region: 'us-east-1' };
const prod: Target = { id: 'aws:prod:eu-west-1', kind: 'aws', label: 'prod', region: 'eu-west-1', profile: 'prod' };

function start(...targets: readonly Target[]) {
  return new WizardTester(rehearsalForm([local, ...targets], untranslated));
}

describe('how a job is rehearsed', () => {
  it('is a sample of 100 rows on the local buckets, once, by Enter alone', () => {
    const tester = start(prod).expectQuestion('rows').expectStep(1, 5);
    tester.accept().expectOffered(100).accept().expectOffered(1).accept().expectQuestion('objects').expectOffered('local');
    tester.accept().expectQuestion('chaos').expectStep(5, 5).accept().expectDone();
    assert.deepEqual(tester.form.rehearsal(tester.answers), {
      rows: { kind: 'sample', count: 100, seed: 1 },
      fetch: undefined,
      chaosSeed: undefined,
    });
  });

  it('asks for a limit when objects are fetched, and for a seed when there is chaos', () => {
    const tester = start(prod).answer('first').type('3').expectQuestion('objects').expectStep(3, 4);
    tester.expectOptions('Local buckets', 'Fetched from prod (eu-west-1)').answer(prod.id);
    tester.expectQuestion('objects.limit').expectStep(4, 5).type('64 MB').expectQuestion('chaos').answer(true);
    tester.expectQuestion('chaos.seed').expectStep(6, 6).type('7').expectDone();
    assert.deepEqual(tester.form.rehearsal(tester.answers), {
      rows: { kind: 'first', count: 3 },
      fetch: { targetId: prod.id, limitBytes: 64 * 1024 ** 2 },
      chaosSeed: 7,
    });
  });

  it('can be gone back through, and forgets what a later answer made needless', () => {
    const tester = start(prod).answer('all').answer(prod.id).type('5').answer(true).back().expectOffered(true);
    tester.back().expectQuestion('objects.limit').expectOffered(5).back().expectQuestion('objects').answer('local');
    tester.expectQuestion('chaos').accept().accept().expectDone();
    assert.deepEqual(tester.form.rehearsal(tester.answers), { rows: undefined, fetch: undefined, chaosSeed: 1 });
  });

  it('offers to add a target when there is none', () => {
    const tester = start().answer('all').expectOptions('Local buckets', 'Add AWS Target…').expectFine(addTargetChoice);
    tester.expectProblem(prod.id, 'error', /no target aws:prod/);
  });

  it('refuses what is no number', () => {
    const tester = start(prod);
    tester
      .accept()
      .expectProblem(0, 'error', /1 or more/)
      .expectProblem(tester.parse('many'), 'error', /whole number/);
    tester
      .accept()
      .expectFine(0)
      .expectProblem(-1, 'error', /0 or more/)
      .accept()
      .answer(prod.id);
    tester.expectProblem(tester.parse('much'), 'error', /number of bytes/).expectProblem(0, 'error', /number of bytes/);
    assert.equal(tester.question.kind === 'input' && tester.question.format(1024 ** 3), '1 GB');
    assert.equal(tester.question.kind === 'input' && tester.question.format(1536 * 1024 ** 2), '1536 MB');
    assert.equal(tester.question.kind === 'input' && tester.question.format(500_001), '500001');
  });
});
