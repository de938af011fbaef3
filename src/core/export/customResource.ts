import { isRecord } from '../operations/validateShape.js';
import type { ExportedJob } from './exportFormat.js';
import { comment } from './requestText.js';

/**
 * The function behind a custom resource that creates a job: CloudFormation has no resource of its own for one. The request travels as
 * JSON text, because CloudFormation turns numbers and booleans of properties into text. A manifest without ETag is looked up. An
 * update makes a new job; deleting the stack leaves jobs as they are, since what they did can't be undone.
 */
export const handlerSource = [
  'import hashlib',
  'import json',
  '',
  'import boto3',
  'import cfnresponse',
  '',
  '',
  'def handler(event, context):',
  '    job_id = event.get("PhysicalResourceId", "none")',
  '    try:',
  '        if event["RequestType"] != "Delete":',
  '            job_id = create_job(event)',
  '        cfnresponse.send(event, context, cfnresponse.SUCCESS, {"JobId": job_id}, job_id)',
  '    except Exception as error:',
  '        print(error)',
  '        cfnresponse.send(event, context, cfnresponse.FAILED, {}, job_id, reason=str(error)[:1000])',
  '',
  '',
  'def create_job(event):',
  '    request = json.loads(event["ResourceProperties"]["Request"])',
  '    location = request.get("Manifest", {}).get("Location")',
  '    if location is not None and "ETag" not in location:',
  '        bucket, key = location["ObjectArn"].split(":::", 1)[1].split("/", 1)',
  '        found = boto3.client("s3").head_object(Bucket=bucket, Key=key)',
  '        location["ETag"] = found["ETag"].strip(\'"\')',
  '    # CloudFormation may call twice for one change; the token makes one job of it.',
  '    token = hashlib.sha256((event["StackId"] + event["RequestId"]).encode()).hexdigest()',
  '    return boto3.client("s3control").create_job(ClientRequestToken=token, **request)["JobId"]',
  '',
].join('\n');

export interface ResourcePermissions {
  readonly actions: readonly string[];
  readonly resource: string;
}

/** What that function needs beside writing its log. Source: Service Authorization Reference, Amazon S3. */
export function resourcePermissions({ request, upload }: ExportedJob): readonly ResourcePermissions[] {
  const manifest = isRecord(request['Manifest']) ? request['Manifest']['Location'] : undefined;
  const arn = upload !== undefined && isRecord(manifest) ? manifest['ObjectArn'] : undefined;
  return [
    { actions: ['s3:CreateJob', ...(Array.isArray(request['Tags']) ? ['s3:PutJobTagging'] : [])], resource: '*' },
    { actions: ['iam:PassRole'], resource: String(request['RoleArn']) },
    ...(typeof arn === 'string' ? [{ actions: ['s3:GetObject'], resource: arn }] : []),
  ];
}

/** The request without the members that are only known later. */
export function requestText({ request, upload }: ExportedJob): string {
  const manifest = request['Manifest'];
  if (upload === undefined || !isRecord(manifest) || !isRecord(manifest['Location'])) return JSON.stringify(request);
  const { ETag: _etag, ObjectVersionId: _version, ...location } = manifest['Location'];
  return JSON.stringify({ ...request, Manifest: { ...manifest, Location: location } });
}

/** Comment lines for whoever deploys it: what job it is, and what is to be done before. */
export function headComments({ title, upload }: ExportedJob, mark: string): string {
  return comment(title, mark) + (upload === undefined ? '' : comment(uploadFirst(upload), mark));
}

/** What is to be done before by whoever deploys code that only looks the manifest up. */
export function uploadFirst({ path, bucket, key }: NonNullable<ExportedJob['upload']>): string {
  return `Upload ${path} to s3://${bucket}/${key} with SSE-S3 first.`;
}
