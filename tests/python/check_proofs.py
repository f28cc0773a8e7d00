"""Checks what Acta issued with software that its authors did not write.

    check_proofs.py FOLDER…

Each folder holds what `acta demo --keep FOLDER` left. `scitt-cose` verifies the head's signature, the inclusion receipt and the
consistency receipt; `pycose` verifies the head a second time; `examples/verify_proof.py` the public proof and the dossier. Then
every one of them must refuse what was altered. Exits non-zero, saying why, if anything is not so.
"""
import importlib.util
import pathlib
import random
import sys

import cbor2
import scitt_cose
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from pycose.keys import OKPKey
from pycose.messages import Sign1Message

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONSISTENCY = -2
VDP = 396
ALTERED = 40  # alterations tried on each thing


def verifier():
    spec = importlib.util.spec_from_file_location("verify_proof", ROOT / "examples" / "verify_proof.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def head(cose, key):
    """The signed statement of a head, as `scitt-cose` reads it: its size and root."""
    signed = scitt_cose.verify_sign1(cose, public_key_pem=key)
    payload = cbor2.loads(signed.payload)
    return payload[2], payload[3].hex()


def inclusion(receipt, entry, key):
    result = scitt_cose.verify_receipt(receipt, leaf_entry_hex=entry, log_public_key_pem=key)
    if not result.ok:
        raise ValueError(result.errors)
    return result


def consistency(receipt, older, newer, key):
    """`scitt-cose` verifies the path and, over the newer root as detached payload, the signature."""
    (first, first_root), (second, second_root) = older, newer
    scitt_cose.verify_sign1(receipt, public_key_pem=key, detached_payload=bytes.fromhex(second_root))
    [proof] = cbor2.loads(receipt).value[1][VDP][CONSISTENCY]
    said_first, said_second, path = cbor2.loads(proof)
    if (said_first, said_second) != (first, second):
        raise ValueError("the receipt is about other heads")
    if not scitt_cose.verify_consistency(first_root, second_root, first, second, [node.hex() for node in path]):
        raise ValueError("the path does not lead from the older root to the newer one")


def head_by_pycose(cose, raw_key):
    """`pycose` verifies the head; the label 15 (CWT claims) is unknown to it and does not disturb it."""
    message = Sign1Message.decode(cose)
    message.key = OKPKey.from_dict({"KTY": "OKP", "CURVE": "ED25519", "X": raw_key})
    if not message.verify_signature():
        raise ValueError("pycose refuses the signature")


def refused(what, call, data, dice):
    """Every one of some random alterations of `data` must be refused."""
    for _ in range(ALTERED):
        altered = bytearray(data)
        altered[dice.randrange(len(altered))] ^= 1 << dice.randrange(8)
        try:
            call(bytes(altered))
        except Exception:  # whatever it says, it refuses
            continue
        raise SystemExit(f"an altered {what} was accepted: {altered.hex()}")


def check(folder, dice):
    read = lambda name: (folder / name).read_bytes()
    key = read("evidence-key.pem")
    raw_key = load_pem_public_key(key).public_bytes(Encoding.Raw, PublicFormat.Raw)
    entry = read("inclusion-entry.hex").decode().strip()
    early, late = head(read("head-early.cose"), key), head(read("head.cose"), key)
    found = inclusion(read("inclusion.cose"), entry, key)
    index, _ = cbor2.loads(bytes.fromhex(entry))
    assert found.leaf_index == index and (found.tree_size, found.root) == late, "the receipt is not about the head"
    consistency(read("consistency.cose"), early, late, key)
    head_by_pycose(read("head.cose"), raw_key)
    own = verifier()
    for name in ("audit-proof.cbor", "dossier.cbor"):
        print(folder.name, name, "-", own.verify(read(name), [raw_key], read("head-early.cose")))
        refused(name, lambda data: own.verify(data, [raw_key]), read(name), dice)

    refused("head", lambda data: head(data, key), read("head.cose"), dice)
    refused("head", lambda data: head_by_pycose(data, raw_key), read("head.cose"), dice)
    refused("inclusion receipt", lambda data: inclusion(data, entry, key), read("inclusion.cose"), dice)
    refused("entry", lambda data: inclusion(read("inclusion.cose"), data.hex(), key), bytes.fromhex(entry), dice)
    refused("consistency receipt", lambda data: consistency(data, early, late, key), read("consistency.cose"), dice)
    stranger = bytes([raw_key[0] ^ 1]) + raw_key[1:]
    refused("key", lambda _: own.verify(read("audit-proof.cbor"), [stranger]), b"\0", dice)


def main():
    folders = [pathlib.Path(folder) for folder in sys.argv[1:]]
    if not folders:
        raise SystemExit(__doc__)
    dice = random.Random(20261122)
    for folder in folders:
        check(folder, dice)
    print(f"other software agrees on {len(folders)} of {len(folders)}")


if __name__ == "__main__":
    main()
