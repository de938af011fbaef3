import { hexAt } from './memoryMap';

/** The byte that the escape at `at` stands for, -1 if there is none. */
export function escapedByte(at: usize): i32 {
  const high = <i32>load<u8>(hexAt + <usize>load<u8>(at + 1));
  const low = <i32>load<u8>(hexAt + <usize>load<u8>(at + 2));
  return load<u8>(at) != 37 || (high | low) > 15 ? -1 : (high << 4) | low;
}

export function isHexDigit(at: usize): bool {
  return load<u8>(hexAt + <usize>load<u8>(at)) < 16;
}

/** Reads one escaped character above ASCII; the address behind it, or 0 when its escapes are not UTF-8. */
export function utf8Escapes(at: usize): usize {
  const lead = escapedByte(at);
  const more = continuationBytes(lead);
  if (more == 0 || !isSecondByte(lead, escapedByte(at + 3))) return 0;
  if (more > 1 && !isContinuation(escapedByte(at + 6))) return 0;
  if (more > 2 && !isContinuation(escapedByte(at + 9))) return 0;
  return at + 3 + <usize>more * 3;
}

/** The same for raw bytes. */
export function utf8Raw(at: usize): usize {
  const lead = <i32>load<u8>(at);
  const more = continuationBytes(lead);
  if (more == 0 || !isSecondByte(lead, <i32>load<u8>(at + 1))) return 0;
  if (more > 1 && !isContinuation(<i32>load<u8>(at + 2))) return 0;
  if (more > 2 && !isContinuation(<i32>load<u8>(at + 3))) return 0;
  return at + 1 + <usize>more;
}

// RFC 3629, table 3-7 of Unicode.

function continuationBytes(lead: i32): i32 {
  if (lead >= 0xc2 && lead <= 0xdf) return 1;
  if (lead >= 0xe0 && lead <= 0xef) return 2;
  return lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
}

function isSecondByte(lead: i32, byte: i32): bool {
  const least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  return byte >= least && byte <= most;
}

function isContinuation(byte: i32): bool {
  return byte >= 0x80 && byte <= 0xbf;
}
