/** An error as a service answers it: HTTP status, code and message. Routers throw it; the server writes it in the service's own form. */
export class ServiceError extends Error {
  readonly status: number;
  readonly code: string;
  /** Extra elements of the error body, such as `Key` or `BucketName`. */
  readonly details: Readonly<Record<string, string>>;
  /** Headers that go with the answer, such as `x-amz-delete-marker`. S3's errors only. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    details: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'ServiceError';
    this.status = status;
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}
