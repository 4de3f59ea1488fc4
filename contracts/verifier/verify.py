#!/usr/bin/python3
"""Checks offline what a bed said: a second opinion, written from docs/evidence.md alone. Ends with 0: accepted,
1: at least one refused, 2: the call itself was wrong. Debian: python3-cryptography python3-cbor2 python3-pycryptodome.
  python3 contracts/verifier/verify.py --policy POLICY.json FILE...               bundles, as JSON or as CAR
  python3 contracts/verifier/verify.py --policy POLICY.json --batch LINES.ndjson  {"bundle": base64 of a FILE's bytes}
"""
import argparse, base64, cbor2, itertools, json, re, signal, sys
from collections import namedtuple
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from Cryptodome.Hash import keccak
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

BUNDLE_BYTES_MAX, BLOOM_BYTES, CID_BYTES, RLP_LISTS_MAX, NESTED_MAX = 131_072, 256, 36, 16, 16
CHECKPOINT, COSIGNATURE, YEAR_10000_MS = b"\x01", b"\x04", 253_402_300_800_000
# Of Ed25519: a y that is not below FIELD is written in another way than its own; under one of SMALL_ORDER anybody signs.
FIELD, OF_ORDER_8 = 2**255 - 19, 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
SMALL_ORDER = {0, 1, FIELD - 1, OF_ORDER_8, FIELD - OF_ORDER_8}
# Header with the root's CID, length, the CID again, block. A length that ends in a byte of 0 could be shorter.
CAR = re.compile(rb"\x3a\xa2\x65roots\x81\xd8\x2a\x58\x25\x00(\x01\x55\x12\x20(.{32}))\x67version\x01"
                 rb"([\x80-\xff]{0,8}[\x01-\x7f])\1(.*)", re.DOTALL)
NAME = "[a-z0-9/-]{1,200}"
BODY = re.compile(f"({NAME})\n(0|[1-9][0-9]{{0,15}})\n([A-Za-z0-9+/]{{43}}=)\nsigned-at (0|[1-9][0-9]{{0,15}})\n")
SIGNATURE = re.compile(f"\u2014 ({NAME}) ([A-Za-z0-9+/=]+)")
GATEWAY = re.compile("(hospitell/gateway/[a-z0-9-]+)/[a-z0-9-]+")
Note = namedtuple("Note", "origin size root at_ms body signatures")
Key = namedtuple("Key", "name publicKey")
Block = namedtuple("Block", "number at_s hash receipts_root")

# Shapes of JSON: a dict has these fields and no others, a tuple is a list of (what, at least, at most), a list is null
# or its only item, a range holds the number, a type is of it, a text is a pattern, and Base64 is so many bytes.
Base64 = namedtuple("Base64", "length", defaults=[None])
COUNT, HASH, HASHES, KEY = range(2**53), Base64(32), (Base64(32), 0, 64), {"name": NAME, "publicKey": Base64(32)}
BUNDLE = {
    "anchor": [{
        "chainId": COUNT, "checkpoint": Base64(), "consistency": HASHES, "contract": "0x[0-9a-f]{40}",
        "header": Base64(), "logIndex": COUNT, "receiptProof": (Base64(), 1, 16), "transactionIndex": COUNT}],
    "format": "hospitell-evidence/1", "gateway": {"checkpoint": Base64(), "inclusion": HASHES},
    "keys": ({"inclusion": HASHES, "index": COUNT, "kind": "key-added|key-revoked", **KEY}, 1, 64),
    "leaf": {
        "commitment": HASH, "firstSeq": range(1, 2**53), "index": COUNT, "kind": "bed-event|readings",
        "lane": "beds|vitals|environment", "lastSeq": COUNT, "opening": [{"payload": Base64(), "salt": HASH}]},
    "network": {"checkpoint": Base64(), "inclusion": HASHES, "index": COUNT}}
LINE, POLICY = {"bundle": Base64()}, {
    "network": KEY, "witnesses": (KEY, 0, 2**53), "witnessesMin": COUNT, "anchorRequired": bool,
    "anchors": ({"chainId": COUNT, "contract": "0x[0-9a-fA-F]{40}"}, 0, 2**53)}

class Refused(Exception): """Its text is the reason."""
def wrong(found):
    raise ValueError(f"not expected here: {str(found)[:80]!r}")
def require(holds, reason):
    if not holds:
        raise Refused(reason)
def attempt(reason, read, *found):
    try:
        return read(*found)
    except (ValueError, IndexError, RecursionError):
        raise Refused(reason) from None

def decode(shape, found):
    """The same with its bytes decoded and its lists as tuples; raises ValueError where it is of another shape."""
    if isinstance(shape, list):
        return None if found is None else decode(shape[0], found)
    if isinstance(shape, dict) and isinstance(found, dict) and found.keys() == shape.keys():
        return {name: decode(shape[name], found[name]) for name in shape}
    if isinstance(shape, Base64) and isinstance(found, str):
        decoded = base64.b64decode(found, validate=True)
        fits = base64.b64encode(decoded).decode() == found and shape.length in (None, len(decoded))
        return decoded if fits else wrong(found)
    if type(shape) is tuple and isinstance(found, list) and shape[1] <= len(found) <= shape[2]:
        return tuple(decode(shape[0], one) for one in found)
    fits = (isinstance(shape, range) and type(found) is int and found in shape or shape is type(found)
            or isinstance(shape, str) and isinstance(found, str) and re.fullmatch(shape, found))
    return found if fits else wrong(found)

def keccak256(data):
    return keccak.new(digest_bits=256, data=data).digest()
def tagged(tag, *parts):
    """Leaves are tagged with 0, inner nodes with 1, commitments with 2."""
    return sha256(bytes([tag]) + b"".join(parts)).digest()

def read_bundle(data):
    """The bundle's fields; it must come in the one form that it can be written in."""
    parsed = json.loads(data.decode("ascii"), parse_float=wrong, parse_constant=wrong)
    written = json.dumps(parsed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    is_one_form = len(data) <= BUNDLE_BYTES_MAX and written == data and re.fullmatch(rb"[ -\[\]-~]*", data)
    bundle = decode(BUNDLE, parsed) if is_one_form else wrong(data)
    kind, lane, first, last = (bundle["leaf"][part] for part in ("kind", "lane", "firstSeq", "lastSeq"))
    fits = first == last and lane == "beds" if kind == "bed-event" else first <= last and lane != "beds"
    return bundle if fits else wrong(bundle)

def unpack_car(data):
    _, digest, width, block = (CAR.fullmatch(data) or wrong(data)).groups()
    length = sum((septet & 0x7F) << 7 * at for at, septet in enumerate(width))
    require(sha256(block).digest() == digest if length == CID_BYTES + len(block) else wrong(data), "cid-mismatch")
    return block

@lru_cache(4096)
def read_note(data):
    """A signed checkpoint, in the one way to write it."""
    body, _, lines = data.decode().partition("\n\n")
    origin, size, root, at_ms = (BODY.fullmatch(body + "\n") or wrong(body)).groups()
    signatures = []
    for line in lines[:-1].split("\n") if lines.endswith("\n") else wrong(lines):
        signer, encoded = (SIGNATURE.fullmatch(line) or wrong(line)).groups()
        signature = decode(Base64(), encoded)
        signatures.append((signer, signature[:4], signature[4:] or wrong(line)))
    size, at_ms = (decode(COUNT, int(number)) for number in (size, at_ms))
    return Note(origin, size, decode(HASH, root), at_ms, f"{body}\n".encode(), tuple(signatures))

@lru_cache(16_384)
def signings(note, key, use):
    """When the key signed the note, in milliseconds: as the note says, or as the cosignature does."""
    key_id = sha256(key.name.encode() + b"\n" + use + key.publicKey).digest()[:4]
    y, times = int.from_bytes(key.publicKey, "little") & (1 << 255) - 1, []
    for signer, claimed_id, signature in note.signatures:
        if (signer, claimed_id) == (key.name, key_id) and y < FIELD and y not in SMALL_ORDER:
            message, at_ms = note.body, note.at_ms
            if use == COSIGNATURE:
                at_s, signature = int.from_bytes(signature[:8], "big"), signature[8:]
                message, at_ms = b"cosignature/v1\ntime %d\n" % at_s + note.body, at_s * 1000
            with suppress(InvalidSignature, ValueError):
                Ed25519PublicKey.from_public_bytes(key.publicKey).verify(signature, message)
                times.append(decode(COUNT, at_ms))
    return times

def root_over(index, size, leaf, path):
    """The root that the leaf and its path (RFC 9162 section 2.1.3) make, the last hash of the path the highest."""
    if size <= 1:
        return leaf if index + 1 == size and not path else wrong(path)
    (*below, sibling), half = path, 1 << (size - 1).bit_length() - 1
    if index < half:
        return tagged(1, root_over(index, half, leaf, below), sibling)
    return tagged(1, sibling, root_over(index - half, size - half, leaf, below))
def check_included(reason, items, index, path, note):
    leaf = tagged(0, cbor2.dumps([1, *items], canonical=True))
    require(attempt(reason, root_over, index, note.size, leaf, path) == note.root, reason)
def roots_over(old_size, size, path, known):
    """The roots of the older and the newer tree (RFC 9162 section 2.1.4); `known`: the older, while it is whole."""
    if old_size == size:
        (root,) = path if known is None else (known, *path)
        return root, root
    (*below, sibling), half = path, 1 << (size - 1).bit_length() - 1
    if old_size <= half:
        older, newer = roots_over(old_size, half, below, known)
        return older, tagged(1, newer, sibling)
    older, newer = roots_over(old_size - half, size - half, below, None)
    return tagged(1, sibling, older), tagged(1, sibling, newer)

def rlp(data, lists=0):
    """The items one after another: bytes, or tuples of items, in their shortest form. `lists`: around them already."""
    items, at = [], 0
    while at < len(data):
        first, short = data[at], data[at] & 0x3F
        head = 0 if first < 0x80 else 1 if short < 56 else short - 54
        length = 1 if head == 0 else short if head == 1 else int.from_bytes(data[at + 1:at + head], "big")
        payload = data[at + head:at + head + length]
        is_long = head > 1 and (length < 56 or data[at + 1] == 0) or first == 0x81 and payload < b"\x80"
        if is_long or len(payload) < length or first >= 0xC0 and lists == RLP_LISTS_MAX:
            wrong(data)
        items.append(rlp(payload, lists + 1) if first >= 0xC0 else payload)
        at += head + length
    return tuple(items)

@lru_cache(4096)
def read_header(data):
    (fields,) = rlp(data)
    root, *numbers = (fields[at] if isinstance(fields[at], bytes) else wrong(data) for at in (5, 8, 11))
    fits = len(fields) >= 15 and len(root) == 32 and all(len(one) <= 8 and one[:1] != b"\0" for one in numbers)
    return Block(*(int.from_bytes(one, "big") for one in numbers), keccak256(data), root) if fits else wrong(data)

@lru_cache(4096)
def read_receipt(wanted, index, proof):
    """(status, gas, bloom, logs) of a transaction, by the trie under the root `wanted`; paths are in hexadecimal."""
    number = index.to_bytes((index.bit_length() + 7) // 8, "big")
    rest, value = (number if 0 < index < 0x80 else bytes([0x80 + len(number)]) + number).hex(), b""
    for node in proof:
        (items,) = rlp(node) if keccak256(node) == wanted and node[0] >= 0xC0 else wrong(node)
        if len(items) == 17:
            wanted, rest, value = (items[int(rest[0], 16)], rest[1:], b"") if rest else (None, "", items[16])
            continue
        prefix, below = items if [*map(type, items)] == [bytes, bytes] else wrong(items)
        # The first digit: is this a leaf (2, 3), and does a 0 fill up the prefix (0, 2)?
        even, odd, path = (re.fullmatch("(?:([02])0|([13]))(.*)", prefix.hex()) or wrong(prefix)).groups()
        is_leaf = (even or odd) in "23"
        if path != rest if is_leaf else path == "" or not rest.startswith(path):
            wrong(path)
        # No node hashes to None: below a leaf none may follow.
        value, wanted, rest = (below, None, "") if is_leaf else (b"", below, rest[len(path):])
    (receipt,) = rlp(value[1 if 0 < value[0] < 0x80 else 0:]) if isinstance(value, bytes) else wrong(value)
    fits = [*map(type, receipt)] == [bytes, bytes, bytes, tuple] and len(receipt[2]) == BLOOM_BYTES
    return receipt if fits else wrong(receipt)

def check_anchor(anchor, network, policy):
    """The block that the network's root is anchored in; None where there is no anchor and none is asked for."""
    if anchor is None:
        return require(not policy["anchorRequired"], "anchor-missing")
    trusted = {(one["chainId"], one["contract"].lower()) for one in policy["anchors"]}
    require((anchor["chainId"], anchor["contract"]) in trusted, "anchor-untrusted")
    note = attempt("anchor-checkpoint-malformed", read_note, anchor["checkpoint"])
    is_signed = note.origin == network.origin and signings(note, Key(**policy["network"]), CHECKPOINT)
    require(is_signed, "anchor-checkpoint-malformed")
    require(note.size >= network.size, "anchor-shrinks")
    roots = attempt("anchor-inconsistent", roots_over, network.size, note.size, anchor["consistency"], network.root)
    require(roots == (network.root, note.root), "anchor-inconsistent")
    block = attempt("anchor-header-malformed", read_header, anchor["header"])
    way = block.receipts_root, anchor["transactionIndex"], anchor["receiptProof"]
    status, _, _, logs = attempt("receipt-not-in-block", read_receipt, *way)
    topics = keccak256(b"Anchored(uint64,bytes32)"), note.size.to_bytes(32, "big")
    event, found = (bytes.fromhex(anchor["contract"][2:]), topics, note.root), logs[anchor["logIndex"]:][:1]
    require(status == b"\x01" and found == (event,), "anchor-event-missing")
    return block

def verify(data, policy):
    """What describe() needs to tell of a bundle or CAR; raises Refused."""
    block = data if data.startswith(b"{") else attempt("car-malformed", unpack_car, data)
    bundle = attempt("bundle-unreadable", read_bundle, block)
    gateway, leaf, entry, keys = (bundle[part] for part in ("gateway", "leaf", "network", "keys"))
    if leaf["opening"] is not None:
        payload, salt = leaf["opening"].values()
        require(tagged(2, salt, payload) == leaf["commitment"], "payload-mismatch")
        brackets = re.sub(rb'(?s)"(?:[^"\\]|\\.)*"|[^][{}]', b"", payload)
        nested = itertools.accumulate(1 if bracket in b"[{" else -1 for bracket in brackets)
        require(max(nested, default=0) <= NESTED_MAX, "payload-malformed")
        numbers = {"parse_int": str, "parse_float": str, "parse_constant": wrong}
        attempt("payload-malformed", lambda: decode(dict, json.loads(payload.decode(), **numbers)))
    note = attempt("gateway-checkpoint-malformed", read_note, gateway["checkpoint"])
    origin = attempt("gateway-checkpoint-malformed", lambda: GATEWAY.fullmatch(note.origin) or wrong(note.origin))
    listed = [(one["kind"], one["index"], Key(one["name"], one["publicKey"])) for one in keys]
    added = {(index, key) for kind, index, key in listed if kind == "key-added" and key.name == origin[1]}
    require(added, "gateway-key-unknown")
    signers = {key for _, key in added if signings(note, key, CHECKPOINT)}
    require(signers, "gateway-signature-invalid")
    said = [leaf[part] for part in ("kind", "lane", "firstSeq", "lastSeq", "commitment")]
    check_included("leaf-not-in-gateway-log", said, leaf["index"], gateway["inclusion"], note)
    network = attempt("network-checkpoint-malformed", read_note, entry["checkpoint"])
    require(network.origin == policy["network"]["name"], "network-untrusted")
    require(signings(network, Key(**policy["network"]), CHECKPOINT), "network-signature-invalid")
    # The gateway whose statement it is does not count, whatever name or key the policy has it under.
    own = {part for key in signers for part in key}
    others = [key for key in (Key(**one) for one in policy["witnesses"]) if own.isdisjoint(key)]
    witnesses = {key: times[0] for key in others if (times := signings(network, key, COSIGNATURE))}
    different = min(len({key.name for key in witnesses}), len({key.publicKey for key in witnesses}))
    require(different >= policy["witnessesMin"], "too-few-witnesses")
    said = "gateway-checkpoint", note.body
    check_included("entry-not-in-network-log", said, entry["index"], entry["inclusion"], network)
    for before, (kind, index, key), one in zip([-1, *(one["index"] for one in keys)], listed, keys):
        require(before < index, "key-not-in-network-log")
        check_included("key-not-in-network-log", (kind, *key), index, one["inclusion"], network)
    in_force = {key for index, key in added if index < entry["index"]}
    in_force -= {key for kind, index, key in listed if kind == "key-revoked" and index < entry["index"]}
    require(signers & in_force, "gateway-key-revoked")
    return bundle, note, network, witnesses, check_anchor(bundle["anchor"], network, policy)

def when(at_ms):
    at = datetime(1970, 1, 1) + timedelta(milliseconds=at_ms % YEAR_10000_MS)
    return f"{at.isoformat(timespec='milliseconds')}Z" if at_ms < YEAR_10000_MS else f"{at_ms} ms after 1970"
def describe(bundle, note, network, witnesses, block):
    """Lines of printable ASCII, whatever the payload holds."""
    leaf, anchor = bundle["leaf"], bundle["anchor"]
    said = leaf["opening"]["payload"].decode() if leaf["opening"] else "withheld or erased"
    yield "said       " + re.sub("[^ -~]", lambda found: f"\\u{{{ord(found[0]):x}}}", said)
    yield f"as         {leaf['kind']} {leaf['firstSeq']} to {leaf['lastSeq']} of the lane {leaf['lane']}"
    yield f"gateway    leaf {leaf['index']} of {note.origin}, signed {when(note.at_ms)} by the gateway's clock"
    yield f"network    entry {bundle['network']['index']} of {network.origin}, in it by {when(network.at_ms)}"
    yield from (f"witness    {key.name} saw that log at {when(at_ms)}" for key, at_ms in witnesses.items())
    if block is not None:
        yield f"anchor     contract {anchor['contract']} on chain {anchor['chainId']}"
        yield f"block      {block.number}, of {when(block.at_s * 1000)}, hash 0x{block.hash.hex()}"
        yield "your step  ask a node of your choice for this block, and compare the hashes: nobody can do that offline"

def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Whoever reads only its first lines ends this quietly.
    options = argparse.ArgumentParser(description="Checks offline what a bed said (docs/evidence.md).")
    options.add_argument("--policy", required=True, help="whom you trust, as JSON")
    either = options.add_mutually_exclusive_group(required=True)
    either.add_argument("--batch", help='a file with a line {"bundle": base64} for each bundle')
    either.add_argument("files", nargs="*", metavar="FILE", default=[], help="a bundle, as JSON or as CAR")
    call = options.parse_args()
    try:
        policy = decode(POLICY, json.loads(open(call.policy, "rb").read()))
        contents = open(call.batch, "rb") if call.batch else [open(path, "rb").read() for path in call.files]
    except (OSError, ValueError, RecursionError) as error:
        options.error(f"cannot be read: {error}")
    are_accepted = True
    for data in contents:
        try:
            if call.batch:
                data = attempt("bundle-unreadable", lambda: decode(LINE, json.loads(data))["bundle"])
            lines = ["ACCEPTED", *describe(*verify(data, policy))]
        except Refused as refused:
            lines, are_accepted = [f"REFUSED {refused}"], False
        print("\n".join(lines[:1] if call.batch else lines))
    return 0 if are_accepted else 1

sys.exit(main())
