import type { ExportFormat } from './exportFormat.js';
import { powerShellQuote, shellQuote } from './quoting.js';
import { comment, requestParts, uploadInput } from './requestText.js';

/**
 * The request goes in as one JSON document: values that begin with a dash, `file://` or a brace mean nothing there, as they would in
 * options of their own.
 */
export const shellFormat: ExportFormat = {
  label: 'AWS CLI, POSIX shell',
  extension: '.sh',
  language: 'shellscript',
  write(job) {
    const request = requestParts(job, 2).map(shellQuote).join('"$etag"');
    return [
      '#!/bin/sh\n',
      comment(job.title, '#'),
      // A failing command ends the script by itself only, not as part of a pipe.
      'set -eu\n',
      job.upload === undefined
        ? ''
        : `etag=$(aws s3api put-object --body=${shellQuote(pathOf(job.upload.path))} --cli-input-json ${shellQuote(uploadInput(job.upload))} --query ETag --output text)\netag=$(printf %s "$etag" | tr -d '"')\n`,
      `aws s3control create-job --cli-input-json ${request}\n`,
    ].join('');
  },
};

/** Windows PowerShell strips double quotes from arguments of programs, so the documents go through files. */
export const powerShellFormat: ExportFormat = {
  label: 'AWS CLI, PowerShell',
  extension: '.ps1',
  language: 'powershell',
  write(job) {
    const json = requestParts(job, 2).map(powerShellQuote).join(' + $etag + ');
    const { upload } = job;
    return [
      comment(job.title, '#'),
      "$ErrorActionPreference = 'Stop'\n",
      '$file = [System.IO.Path]::GetTempFileName()\n',
      'try {\n',
      ...(upload === undefined
        ? []
        : [
            `  [System.IO.File]::WriteAllText($file, ${powerShellQuote(uploadInput(upload))})\n`,
            `  $body = Join-Path $PSScriptRoot ${powerShellQuote(upload.path)}\n`,
            '  $etag = aws s3api put-object "--body=$body" --cli-input-json "file://$file" --query ETag --output text\n',
            "  if ($LASTEXITCODE -ne 0) { throw 'The manifest was not uploaded.' }\n",
            "  $etag = $etag.Trim('\"')\n",
          ]),
      `  [System.IO.File]::WriteAllText($file, ${json})\n`,
      '  aws s3control create-job --cli-input-json "file://$file"\n',
      "  if ($LASTEXITCODE -ne 0) { throw 'The job was not created.' }\n",
      '} finally {\n',
      '  Remove-Item $file\n',
      '}\n',
    ].join('');
  },
};

/** A path that no program takes for an option. */
function pathOf(path: string): string {
  return /^[.\w]/.test(path) ? path : `./${path}`;
}
