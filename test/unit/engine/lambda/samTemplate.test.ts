import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { isBatchError } from '../../../../src/base/errors.js';
import type { FunctionDefinition } from '../../../../src/engine/contracts.js';
import { readTemplate, type TemplateFunction } from '../../../../src/engine/lambda/samTemplate.js';

const file = resolve('/templates/template.yaml');
const warnings: string[] = [];

function read(text: string): readonly TemplateFunction[] {
  warnings.length = 0;
  return readTemplate(file, text, { region: 'eu-west-1', accountId: '000000000000', warn: (message) => warnings.push(message) });
}

function definitionOf(text: string): FunctionDefinition {
  const [first] = read(text);
  assert.ok(first !== undefined);
  if ('problem' in first) throw first.problem;
  return first.definition;
}

function problemOf(text: string): string {
  const [first] = read(text);
  assert.ok(first !== undefined && 'problem' in first, 'a problem is expected');
  return `${first.problem.message} ${first.problem.hint ?? ''}`;
}

const oneFunction = (properties: string, more = ''): string => `${more}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: nodejs22.x
${properties.replaceAll(/^(?=.)/gm, '      ')}`;

test('a function of SAM with its globals', () => {
  const definition = definitionOf(`
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 10
    Runtime: nodejs22.x
    Environment: { Variables: { AA: global, BB: global } }
Resources:
  Table: { Type: AWS::DynamoDB::Table }
  Rename:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: esbuild, BuildProperties: { EntryPoints: [src/app.ts] } }
    Properties:
      FunctionName: rename
      Description: Renames
      CodeUri: ./code/
      Handler: app.handler
      MemorySize: 256
      Environment: { Variables: { BB: own } }
`);
  assert.deepEqual(definition, {
    name: 'rename',
    logicalId: 'Rename',
    arn: 'arn:aws:lambda:eu-west-1:000000000000:function:rename',
    runtime: 'nodejs22.x',
    handler: 'app.handler',
    codeDirectory: resolve('/templates/code'),
    timeoutMs: 10_000,
    memoryMb: 256,
    environment: { AA: 'global', BB: 'own' },
    description: 'Renames',
    entryPoints: ['src/app.ts'],
  });
});

test('defaults: 3 seconds, 128 MB, the logical id, the folder of the template', () => {
  const definition = definitionOf(oneFunction(''));
  assert.equal(definition.timeoutMs, 3000);
  assert.equal(definition.memoryMb, 128);
  assert.equal(definition.name, 'Fn');
  assert.equal(definition.codeDirectory, resolve('/templates'));
  assert.deepEqual(definition.environment, {});
});

test('a function of CloudFormation, which has no globals', () => {
  const definition = definitionOf(`
Globals: { Function: { Timeout: 99 } }
Resources:
  Fn: { Type: 'AWS::Lambda::Function', Properties: { Code: ./src, Handler: a.b, Runtime: python3.12 } }
`);
  assert.equal(definition.timeoutMs, 3000);
  assert.equal(definition.codeDirectory, resolve('/templates/src'));
});

test('layers of the template itself, and reserved concurrency; a layer that is elsewhere is left out with a warning', () => {
  const definition = definitionOf(`
Globals: { Function: { Layers: [!Ref Shared] } }
Resources:
  Shared: { Type: 'AWS::Serverless::LayerVersion', Properties: { ContentUri: layers/shared } }
  Own: { Type: 'AWS::Lambda::LayerVersion', Properties: { LayerName: own, Content: ./layers/own } }
  Packed: { Type: 'AWS::Serverless::LayerVersion', Properties: { ContentUri: layers/packed.zip } }
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: nodejs22.x
      ReservedConcurrentExecutions: 0
      Layers: [{ Ref: Own }, 'arn:aws:lambda:eu-west-1:123456789012:layer:other:3', !Ref Packed]
`);
  assert.deepEqual(definition.layers, [resolve('/templates/layers/shared'), resolve('/templates/layers/own')]);
  assert.equal(definition.reservedConcurrency, 0);
});

test('a template in JSON', () => {
  const text = JSON.stringify({
    Resources: {
      Fn: {
        Type: 'AWS::Lambda::Function',
        Properties: { Handler: 'a.b', Runtime: 'nodejs20.x', Environment: { Variables: { RR: { Ref: 'AWS::Region' } } } },
      },
    },
  });
  assert.deepEqual(definitionOf(text).environment, { RR: 'eu-west-1' });
});

test('values: parameters, pseudo parameters, names of resources, functions in both forms', () => {
  const { environment } = definitionOf(
    oneFunction(
      `Environment:
  Variables:
    PARAMETER: !Ref Stage
    LIST: !Join ['+', !Ref Items]
    SUB: !Sub 'a-\${Stage}-\${AWS::Region}-\${!Literal}-\${Bucket}-\${Fn.Arn}'
    SUB_MAP: !Sub ['\${x}\${Stage}', { x: !Ref AWS::AccountId }]
    LONG: { 'Fn::Join': ['', [a, { Ref: Stage }]] }
    BUCKET: !Ref Bucket
    UNNAMED: !Ref Unnamed
    BUCKET_ARN: !GetAtt Bucket.Arn
    GET_ATT_LIST: !GetAtt [Fn, Arn]
    MAP: !FindInMap [Sizes, prod, size]
    IF: !If [IsProd, yes-it-is, 'no']
    NONE: !If [IsProd, !Ref AWS::NoValue, x]
    SELECT: !Select [1, !Split [',', 'a,b,c']]
    BASE64: !Base64 text
    BASE64_LONG: { 'Fn::Base64': !Sub '\${Stage}' }
    NUMBER: 007
    FLOAT: 1.0
    BOOLEAN: yes
    EMPTY: ''`,
      `
Parameters:
  Stage: { Type: String, Default: prod }
  Items: { Type: CommaDelimitedList, Default: 'a, b' }
Mappings: { Sizes: { prod: { size: 3 } } }
Conditions:
  IsProd: !Or [!Not [!Equals [!Ref Stage, prod]], !And [!Condition Always, !Equals [a, a]]]
  Always: !Equals [1, '1']`,
    ) +
      `
  Bucket: { Type: AWS::S3::Bucket, Properties: { BucketName: !Sub 'b-\${Stage}' } }
  Unnamed: { Type: AWS::S3::Bucket }
`,
  );
  assert.deepEqual(environment, {
    PARAMETER: 'prod',
    LIST: 'a+b',
    SUB: 'a-prod-eu-west-1-${Literal}-b-prod-arn:aws:lambda:eu-west-1:000000000000:function:Fn',
    SUB_MAP: '000000000000prod',
    LONG: 'aprod',
    BUCKET: 'b-prod',
    UNNAMED: 'Unnamed',
    BUCKET_ARN: 'arn:aws:s3:::b-prod',
    GET_ATT_LIST: 'arn:aws:lambda:eu-west-1:000000000000:function:Fn',
    MAP: '3',
    IF: 'yes-it-is',
    SELECT: 'b',
    BASE64: 'dGV4dA==',
    BASE64_LONG: 'cHJvZA==',
    NUMBER: '007',
    FLOAT: '1.0',
    BOOLEAN: 'true',
    EMPTY: '',
  });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /name of Unnamed is given by a deployment/);
});

test('merge keys and anchors', () => {
  const functions = read(`
Base: &base { Handler: a.b, Runtime: nodejs22.x, Timeout: 5 }
Resources:
  A: { Type: AWS::Serverless::Function, Properties: { <<: *base, Timeout: 7 } }
  B: { Type: AWS::Serverless::Function, Properties: *base }
`);
  assert.deepEqual(
    functions.map((item) => ('definition' in item ? item.definition.timeoutMs : item.problem.message)),
    [7000, 5000],
  );
});

test('a function whose condition does not hold is left out', () => {
  const text = oneFunction('', 'Conditions: { Never: !Equals [a, b] }').replace('    Type:', '    Condition: Never\n    Type:');
  assert.deepEqual(read(text), []);
});

test('one bad function does not hide the others', () => {
  const functions = read(`
Resources:
  Bad: { Type: AWS::Serverless::Function, Properties: { Handler: a.b } }
  Good: { Type: AWS::Serverless::Function, Properties: { Handler: a.b, Runtime: nodejs22.x } }
`);
  assert.deepEqual(
    functions.map((item) => 'problem' in item),
    [true, false],
  );
});

for (const [name, properties, expected] of [
  ['a parameter without default', 'Timeout: !Ref Seconds', /:8: The parameter Seconds has no Default\. Give Seconds a Default/],
  ['an unknown name', 'FunctionName: !Ref Nothing', /:8: Nothing is neither a parameter nor a resource/],
  [
    'an import',
    'Environment: { Variables: { AB: !ImportValue x } }',
    /:8: ImportValue can't be worked out.* Only a deployment knows/,
  ],
  ['an attribute', 'Environment: { Variables: { AB: !GetAtt Fn.Version } }', /Fn\.Version is not known on this machine/],
  ['a timeout out of range', 'Timeout: 901', /:8: Timeout of Fn must be a whole number from 1 to 900/],
  ['a timeout that is text', 'Timeout: soon', /Timeout of Fn must be a whole number/],
  ['an inline function', 'InlineCode: x', /written into the template.*Put the code in a folder/],
  ['code in S3', 'CodeUri: s3://bucket/key.zip', /not in a folder of this machine/],
  ['code in S3 as a map', 'CodeUri: { Bucket: a, Key: b }', /not in a folder of this machine/],
  ['an image', 'PackageType: Image', /container image/],
  ['an impossible name', 'FunctionName: a b', /a b is not a possible function name/],
  ['a variable that is a list', 'Environment: { Variables: { AB: [1] } }', /Environment variable AB of Fn must be text/],
  ['a name that refers to itself', 'FunctionName: !Ref Fn', /name of Fn refers to itself/],
] as const) {
  test(`problem: ${name}`, () => {
    const more = 'Parameters: { Seconds: { Type: Number } }';
    const text = problemOf(oneFunction(properties, more));
    assert.match(text, expected);
    assert.ok(text.startsWith(file));
  });
}

for (const [name, text, expected] of [
  ['nothing', '', /:1: The template is empty/],
  ['no map', '- a\n', /must be a map/],
  ['no resources', 'Transform: x\n', /no Resources section/],
  ['a key twice', 'Resources:\n  A: {}\n  A: {}\n', /:3: Map keys must be unique/],
  ['a bad indent', 'Resources:\n  A: {\n B', /template\.yaml:\d/],
  ['an alias without anchor', 'Resources: *a\n', /:1: .*a/],
  ['deep nesting', '['.repeat(100_000), /nested too deeply|template\.yaml:1/],
] as const) {
  test(`file problem: ${name}`, () => {
    assert.throws(
      () => read(text),
      (error) => isBatchError(error) && expected.test(error.message),
    );
  });
}

test('an alias bomb is refused quickly', () => {
  const names = 'abcdefghijklmnop'.split('');
  const lines = names.map((name, index) =>
    index === 0
      ? `${name}: &${name} { v0: lol, v1: lol }`
      : `${name}: &${name} { ${'0123456789'
          .split('')
          .map((n) => `v${n}: *${names[index - 1] ?? ''}`)
          .join(', ')} }`,
  );
  const text = `${lines.join('\n')}
Resources:
  Fn: { Type: AWS::Serverless::Function, Properties: { CodeUri: *p, Handler: a.b, Runtime: nodejs22.x } }
`;
  assert.match(problemOf(text), /expands to too many values/);
});

test('an alias that contains itself is refused', () => {
  const text = `
Resources:
  Fn: { Type: AWS::Serverless::Function, Properties: { CodeUri: &a [*a], Handler: a.b, Runtime: nodejs22.x } }
`;
  assert.match(problemOf(text), /nested too deeply|contains itself|too many values/);
});

test('a variable that Lambda would refuse is refused', () => {
  assert.match(problemOf(oneFunction('Environment: { Variables: { __proto__: x } }')), /__proto__ is not a possible name/);
});

test('paths may leave the folder of the template', () => {
  assert.equal(definitionOf(oneFunction('CodeUri: ../shared')).codeDirectory, resolve(join('/templates', '..', 'shared')));
});
