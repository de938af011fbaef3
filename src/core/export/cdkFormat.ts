import { handlerSource, headComments, requestText, resourcePermissions } from './customResource.js';
import type { ExportFormat } from './exportFormat.js';
import { scriptString } from './sdkFormat.js';

/** A construct for the AWS CDK v2 in TypeScript: the same custom resource as the template's. */
export const cdkFormat: ExportFormat = {
  label: 'CDK, TypeScript (custom resource)',
  extension: '.ts',
  language: 'typescript',
  write(job) {
    const statements = resourcePermissions(job).map(
      ({ actions, resource }) =>
        `        new iam.PolicyStatement({ actions: [${actions.map(scriptString).join(', ')}], resources: [${scriptString(resource)}] }),\n`,
    );
    return [
      headComments(job, '//'),
      "import { aws_iam as iam, aws_lambda as lambda, CustomResource, Duration } from 'aws-cdk-lib';\n",
      "import { Construct } from 'constructs';\n\n",
      `const request = ${scriptString(requestText(job))};\n\n`,
      `const source = [\n${handlerSource
        .trimEnd()
        .split('\n')
        .map((line) => `  ${scriptString(line)},\n`)
        .join('')}].join('\\n');\n\n`,
      'export class S3BatchJob extends Construct {\n  readonly jobId: string;\n\n',
      '  constructor(scope: Construct, id: string) {\n    super(scope, id);\n',
      "    const createJob = new lambda.Function(this, 'CreateJob', {\n",
      '      runtime: lambda.Runtime.PYTHON_3_13,\n',
      "      handler: 'index.handler',\n",
      '      code: lambda.Code.fromInline(source),\n',
      '      timeout: Duration.seconds(60),\n',
      `      initialPolicy: [\n${statements.join('')}      ],\n    });\n`,
      "    const job = new CustomResource(this, 'Job', {\n",
      "      resourceType: 'Custom::S3BatchJob',\n      serviceToken: createJob.functionArn,\n      properties: { Request: request },\n    });\n",
      "    this.jobId = job.getAttString('JobId');\n  }\n}\n",
    ].join('');
  },
};
