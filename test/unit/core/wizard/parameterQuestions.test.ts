import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OperationDefinition } from '../../../../src/core/operations/operation.js';
import { noPermissions } from '../../../../src/core/operations/permissions.js';
import { untranslated } from '../../../../src/core/view/localizer.js';
import type { JobDraft } from '../../../../src/core/wizard/jobDraft.js';
import { type JobQuestion, parameterQuestions } from '../../../../src/core/wizard/parameterQuestions.js';
import { WizardTester } from '../../../support/wizardTester.js';

/** An operation that has a parameter of every kind. */
const operation: OperationDefinition = {
  name: 'Everything',
  label: 'Everything',
  doc: '',
  docUrl: '',
  parameters: {
    type: 'structure',
    required: ['Class'],
    members: {
      Class: { type: 'string', enum: ['STANDARD', 'GLACIER'] },
      Bypass: { type: 'boolean', whenOmitted: 'No' },
      Days: { type: 'integer', min: 1 },
      Until: { type: 'timestamp' },
      Metadata: { type: 'map', key: { type: 'string' }, value: { type: 'string' } },
      Names: { type: 'list', item: { type: 'string' } },
      Statuses: { type: 'list', item: { type: 'string', enum: ['FAILED', 'NONE'] } },
      TagSet: {
        type: 'list',
        item: { type: 'structure', members: { Key: { type: 'string' }, Value: { type: 'string' } } },
      },
      Grants: { type: 'list', item: { type: 'structure', members: { Grantee: { type: 'structure', members: {} } } } },
      Retention: { type: 'structure', members: { Mode: { type: 'string' } } },
      Encryption: {
        type: 'structure',
        isUnion: true,
        members: {
          SSES3: { type: 'structure', members: {} },
          SSEKMS: { type: 'structure', members: { KeyId: { type: 'string' } } },
        },
      },
    },
  },
  defaults: { Days: 3, Retention: { Mode: 'GOVERNANCE' } },
  jobRegion: 'objects',
  isOneBucketOnly: false,
  maxObjects: undefined,
  directoryBuckets: 'no',
  isPerformedLocally: false,
  isReportNeeded: false,
  permissions: noPermissions,
  appliesWhen: { Until: (parameters) => parameters['Class'] === 'GLACIER' },
};

const items = parameterQuestions(operation, () => true, untranslated);

function draftOf(answers: Readonly<Record<string, unknown>>): JobDraft {
  const draft: JobDraft = {};
  for (const { question, write } of items) if (question.id in answers) write(draft, answers[question.id]);
  return draft;
}

function idOf({ question }: JobQuestion): string {
  return `${question.kind} ${question.id.replace('Operation.Everything.', '')}${question.isOptional === true ? '?' : ''}`;
}

describe('parameterQuestions', () => {
  it('has a question for every member, by its type; of many optional ones, which are set comes first', () => {
    assert.deepEqual(items.map(idOf), [
      'pick Class',
      'several $members?',
      'pick Bypass',
      'input Days',
      'input Until',
      'map Metadata',
      'list Names',
      'several Statuses',
      'map TagSet',
      'input Grants',
      'input Retention.Mode?',
      'pick Encryption',
      'pick Encryption.SSEKMS.KeyId?',
    ]);
  });

  it('asks, parses and writes each as the request needs it', () => {
    const tester = new WizardTester({ title: '', questions: items.map(({ question }) => question) });
    const every = ['Bypass', 'Days', 'Until', 'Metadata', 'Names', 'Statuses', 'TagSet', 'Grants', 'Retention', 'Encryption'];
    tester.expectOptions('STANDARD', 'GLACIER').answer('GLACIER').expectOffered(['Days', 'Retention']).answer(every);
    tester.expectOptions('Yes', 'No').answer(false);
    tester.expectOffered(3).type('12').type('2026-01-31').answer({ a: 'b' }).answer(['x']).answer(['FAILED']).answer({ k: 'v' });
    tester.type('[{"Grantee":{}}]').expectOffered('GOVERNANCE').accept().expectOptions('SSES3', 'SSEKMS').answer('SSEKMS');
    tester.type('key-1').expectDone();
    assert.deepEqual(draftOf(tester.answers), {
      Operation: {
        Everything: {
          Class: 'GLACIER',
          Bypass: false,
          Days: 12,
          Until: '2026-01-31',
          Metadata: { a: 'b' },
          Names: ['x'],
          Statuses: ['FAILED'],
          TagSet: [{ Key: 'k', Value: 'v' }],
          Grants: [{ Grantee: {} }],
          Retention: { Mode: 'GOVERNANCE' },
          Encryption: { SSEKMS: { KeyId: 'key-1' } },
        },
      },
    });
  });

  it('asks for what applies, and was chosen, only', () => {
    const tester = new WizardTester({ title: '', questions: items.map(({ question }) => question) });
    tester
      .answer('STANDARD')
      .expectChoices('Bypass', 'Days', 'Metadata', 'Names', 'Statuses', 'TagSet', 'Grants', 'Retention', 'Encryption');
    tester
      .answer(['Names', 'Encryption'])
      .expectQuestion('Operation.Everything.Names')
      .answer(['a'])
      .answer('SSES3')
      .expectDone();
    assert.deepEqual(draftOf({ 'Operation.Everything.Encryption': 'SSES3' }), {
      Operation: { Everything: { Encryption: { SSES3: {} } } },
    });
  });

  it('leaves text that is no number or no JSON as it is, for the rules to name', () => {
    const parse = (id: string, text: string): unknown => {
      const question = items.find((item) => item.question.id.endsWith(id))?.question;
      assert.ok(question?.kind === 'input');
      return question.parse(text);
    };
    assert.equal(parse('Days', 'three'), 'three');
    assert.equal(parse('Days', ' '), undefined);
    assert.equal(parse('Grants', '[{'), '[{');
  });
});
