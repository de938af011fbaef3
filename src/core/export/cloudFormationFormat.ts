import { handlerSource, headComments, requestText, resourcePermissions } from './customResource.js';
import type { ExportFormat } from './exportFormat.js';

/** A template in YAML: a custom resource, its function and that function's role. */
export const cloudFormationFormat: ExportFormat = {
  label: 'CloudFormation (custom resource)',
  extension: '.yaml',
  language: 'yaml',
  write(job) {
    const statements = resourcePermissions(job).map(
      ({ actions, resource }) =>
        `              - Effect: Allow\n                Action: ${JSON.stringify(actions)}\n                Resource: ${JSON.stringify(resource)}\n`,
    );
    const source = handlerSource.trimEnd().split('\n');
    return [
      headComments(job, '#'),
      "AWSTemplateFormatVersion: '2010-09-09'\n",
      'Resources:\n',
      '  S3BatchJob:\n    Type: Custom::S3BatchJob\n    Properties:\n',
      '      ServiceToken: !GetAtt CreateJobFunction.Arn\n',
      `      Request: ${JSON.stringify(requestText(job))}\n`,
      '  CreateJobFunction:\n    Type: AWS::Lambda::Function\n    Properties:\n',
      '      Runtime: python3.13\n      Handler: index.handler\n      Timeout: 60\n',
      '      Role: !GetAtt CreateJobRole.Arn\n      Code:\n        ZipFile: |\n',
      source.map((line) => (line === '' ? '\n' : `          ${line}\n`)).join(''),
      '  CreateJobRole:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n',
      "        Version: '2012-10-17'\n        Statement:\n          - Effect: Allow\n",
      '            Principal: { Service: lambda.amazonaws.com }\n            Action: sts:AssumeRole\n',
      '      ManagedPolicyArns:\n        - !Sub arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole\n',
      "      Policies:\n        - PolicyName: create-job\n          PolicyDocument:\n            Version: '2012-10-17'\n            Statement:\n",
      ...statements,
      'Outputs:\n  JobId:\n    Value: !GetAtt S3BatchJob.JobId\n',
    ].join('');
  },
};
