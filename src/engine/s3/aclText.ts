import type { EngineRequest } from '../contracts.js';
import { type AccessControlList, type Grant, type Grantee, type Permission, permissions } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';
import { parseXml, type XmlElement } from '../xml/parseXml.js';
import { childrenNamed, childText, onlyChild } from '../xml/readElement.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import { cannedAcl, checkGroup, ownerId } from './accessControl.js';
import { s3Namespace } from './s3Call.js';
import { invalidArgument, invalidRequest } from './s3Errors.js';

/** ACLs as headers and as XML. Source: S3 API Reference, PutObjectAcl. */

/** Source: S3 User Guide, acl-overview: up to 100 grants. */
const maxGrants = 100;

const grantHeaders: Readonly<Record<string, Permission>> = {
  'x-amz-grant-full-control': 'FULL_CONTROL',
  'x-amz-grant-read': 'READ',
  'x-amz-grant-read-acp': 'READ_ACP',
  'x-amz-grant-write': 'WRITE',
  'x-amz-grant-write-acp': 'WRITE_ACP',
};

/** What the headers say: a canned ACL or grants, not both; undefined when they say nothing. */
export function readAclHeaders({ headers }: Pick<EngineRequest, 'headers'>): AccessControlList | undefined {
  const canned = headers['x-amz-acl'];
  const grants = Object.entries(grantHeaders).flatMap(([name, permission]) => {
    const value = headers[name];
    return value === undefined ? [] : readGrantees(name, value).map((grantee): Grant => ({ grantee, permission }));
  });
  if (canned === undefined) return grants.length === 0 ? undefined : checked(grants);
  if (grants.length > 0) throw invalidRequest('Specifying both Canned ACLs and Header Grants is not allowed');
  return cannedAcl(canned);
}

/** `id="…", uri="…", emailAddress="…"`. */
function readGrantees(name: string, text: string): readonly Grantee[] {
  return text.split(',').map((item): Grantee => {
    const [, type, quoted = ''] = /^\s*(id|uri|emailAddress)\s*=\s*(.*?)\s*$/.exec(item) ?? [];
    const value = quoted.replace(/^"(.*)"$/, '$1');
    if (type === undefined || value === '') throw invalidArgument('Argument format not recognized', name, text);
    return granteeOf(type, value);
  });
}

function granteeOf(type: string, value: string): Grantee {
  if (type === 'uri') {
    checkGroup(value);
    return { type, uri: value };
  }
  return type === 'emailAddress' ? { type, emailAddress: value } : { type: 'id', id: value };
}

/** The body of PutObjectAcl and PutBucketAcl. */
export function readAcl(text: string): AccessControlList {
  const root = parseXml(text);
  const list = onlyChild(root, 'AccessControlList');
  const owner = onlyChild(root, 'Owner');
  if (root.name !== 'AccessControlPolicy' || list === undefined || owner === undefined) throw malformedAcl();
  if (childText(owner, 'ID') !== ownerId) throw new ServiceError(403, 'AccessDenied', 'Access Denied');
  return checked(childrenNamed(list, 'Grant').map(readGrant));
}

function readGrant(grant: XmlElement): Grant {
  const permission = permissions.find((name) => name === childText(grant, 'Permission'));
  const grantee = onlyChild(grant, 'Grantee');
  if (permission === undefined || grantee === undefined) throw malformedAcl();
  const id = childText(grantee, 'ID');
  const [uri, emailAddress] = [childText(grantee, 'URI'), childText(grantee, 'EmailAddress')];
  if (uri !== undefined) return { grantee: granteeOf('uri', uri), permission };
  if (emailAddress !== undefined) return { grantee: { type: 'emailAddress', emailAddress }, permission };
  if (id === undefined || id === '') throw malformedAcl();
  const displayName = childText(grantee, 'DisplayName');
  return { grantee: { type: 'id', id, ...(displayName === undefined ? {} : { displayName }) }, permission };
}

function checked(acl: AccessControlList): AccessControlList {
  if (acl.length > maxGrants) throw invalidRequest(`The ACL has more than ${maxGrants} grants.`);
  return acl;
}

export function writeAcl(acl: AccessControlList): string {
  return xmlDocument(
    xmlElement(
      'AccessControlPolicy',
      [
        xmlElement('Owner', [xmlElement('ID', ownerId)]),
        xmlElement(
          'AccessControlList',
          acl.map(({ grantee, permission }) =>
            xmlElement('Grant', [writeGrantee(grantee), xmlElement('Permission', permission)]),
          ),
        ),
      ],
      s3Namespace,
    ),
  );
}

const granteeTypes = { id: 'CanonicalUser', uri: 'Group', emailAddress: 'AmazonCustomerByEmail' } as const;

function writeGrantee(grantee: Grantee): string {
  const attributes = { 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance', 'xsi:type': granteeTypes[grantee.type] };
  switch (grantee.type) {
    case 'id': {
      const name = grantee.displayName;
      const children = [xmlElement('ID', grantee.id), ...(name === undefined ? [] : [xmlElement('DisplayName', name)])];
      return xmlElement('Grantee', children, attributes);
    }
    case 'uri':
      return xmlElement('Grantee', [xmlElement('URI', grantee.uri)], attributes);
    case 'emailAddress':
      return xmlElement('Grantee', [xmlElement('EmailAddress', grantee.emailAddress)], attributes);
  }
}

function malformedAcl(): ServiceError {
  return new ServiceError(
    400,
    'MalformedACLError',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}
