/**
 * Names that the engine answers to: the loopback address, `localhost`, and below `localhost` and `local.test`, which never resolve to
 * another machine's page. Everything else is refused, so that a web page can't reach the engine by DNS rebinding.
 */
export function isAllowedHost(host: string): boolean {
  return host === '127.0.0.1' || host === 'localhost' || /^[a-z0-9_.-]+\.(localhost|local\.test)$/.test(host);
}

/** Labels in front of the base name: `{account id}.s3-control.local.test`, `{bucket}.s3.local.test`, `{bucket}.localhost`. */
export interface HostLabels {
  /** 12 digits, the prefix that every S3 Control client sends. */
  readonly accountId: string | undefined;
  /** Bucket of a virtual-hosted S3 request. */
  readonly bucket: string | undefined;
}

const serviceLabels = /(?:^|\.)(s3|s3-control|s3control|lambda|sts)(?:\.[a-z]{2}(?:-[a-z]+)+-\d)?$/;

/** Takes an allowed host apart. `rawPath` tells the account id of a job call from a bucket whose name is 12 digits. */
export function readHostLabels(host: string, rawPath: string): HostLabels {
  const base = /^(?:(.*)\.)?(?:localhost|local\.test)$/.exec(host);
  const labels = base?.[1] ?? '';
  const service = serviceLabels.exec(labels);
  const prefix = service === null ? labels : labels.slice(0, service.index);
  if (prefix === '') return { accountId: undefined, bucket: undefined };
  const isControl = service === null ? rawPath.startsWith('/v20180820/') : /^s3-?control$/.test(service[1] ?? '');
  if (isControl && /^\d{12}$/.test(prefix)) return { accountId: prefix, bucket: undefined };
  return { accountId: undefined, bucket: prefix };
}
