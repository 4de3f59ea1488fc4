// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Roots of one log, each of a larger tree than the one before. It holds hashes and sizes and nothing else, takes no
/// money and cannot be changed; what follows it one day is named in `successor`.
contract HospitellAnchor {
    /// Leaves of the newest anchored tree, and its root; 0 and 0: none yet.
    uint64 public size;
    /// The contract that goes on after this one; with it set, nothing more is anchored here. In one slot with `size`.
    address public successor;
    bytes32 public root;

    address public admin;
    /// Who was offered the administration and has not taken it yet.
    address public pendingAdmin;
    mapping(address => bool) public isPublisher;

    event Anchored(uint64 indexed size, bytes32 root);

    error NotAdmin(address caller);
    error NotPendingAdmin(address caller);
    error NotPublisher(address caller);
    error NotLarger(uint64 anchored, uint64 offered);
    error OtherRoot(uint64 size, bytes32 anchored);
    error Succeeded(address successor);
    error NoSuccessor();

    modifier onlyAdmin() {
        if (msg.sender != admin) revert NotAdmin(msg.sender);
        _;
    }

    constructor(address firstAdmin, address firstPublisher) {
        if (firstAdmin == address(0)) revert NotAdmin(firstAdmin);
        admin = firstAdmin;
        if (firstPublisher != address(0)) isPublisher[firstPublisher] = true;
    }

    /// The same size and root again change nothing, so that whoever is not sure may send them again.
    function anchor(uint64 newSize, bytes32 newRoot) external {
        if (!isPublisher[msg.sender]) revert NotPublisher(msg.sender);
        (uint64 anchored, address next) = (size, successor);
        if (newSize == anchored && newRoot == root) return;
        if (next != address(0)) revert Succeeded(next);
        if (newSize == anchored) revert OtherRoot(anchored, root);
        if (newSize < anchored) revert NotLarger(anchored, newSize);
        size = newSize;
        root = newRoot;
        emit Anchored(newSize, newRoot);
    }

    function grantPublisher(address publisher) external onlyAdmin {
        isPublisher[publisher] = true;
    }

    function revokePublisher(address publisher) external onlyAdmin {
        isPublisher[publisher] = false;
    }

    /// Nothing changes until the other takes it; the zero address takes an offer back.
    function offerAdmin(address next) external onlyAdmin {
        pendingAdmin = next;
    }

    function acceptAdmin() external {
        if (msg.sender != pendingAdmin) revert NotPendingAdmin(msg.sender);
        admin = msg.sender;
        pendingAdmin = address(0);
    }

    /// Once and for good.
    function setSuccessor(address next) external onlyAdmin {
        if (successor != address(0)) revert Succeeded(successor);
        if (next == address(0) || next == address(this)) revert NoSuccessor();
        successor = next;
    }

    /// Whether the leaf of that hash is in a tree of that size and root: RFC 9162 section 2.1.3.2, with SHA-256. Says
    /// nothing of whether that tree was anchored.
    function isIncluded(bytes32 leafHash, uint64 index, uint64 treeSize, bytes32 treeRoot, bytes32[] calldata path)
        external
        pure
        returns (bool)
    {
        if (index >= treeSize) return false;
        (uint64 place, uint64 last, bytes32 hash) = (index, treeSize - 1, leafHash);
        for (uint256 step = 0; step < path.length; step++) {
            if (last == 0) return false;
            if (place % 2 == 1 || place == last) {
                hash = sha256(abi.encodePacked(bytes1(0x01), path[step], hash));
                while (place % 2 == 0 && place != 0) (place, last) = (place >> 1, last >> 1);
            } else {
                hash = sha256(abi.encodePacked(bytes1(0x01), hash, path[step]));
            }
            (place, last) = (place >> 1, last >> 1);
        }
        return last == 0 && hash == treeRoot;
    }
}
