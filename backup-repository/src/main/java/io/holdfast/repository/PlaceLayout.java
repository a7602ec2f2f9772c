package io.holdfast.repository;

import io.holdfast.repository.map.MapId;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.wal.WalSegmentName;

/** What the objects of one place are called. See docs/repository-format.md. */
public record PlaceLayout(TargetName target, Place place) {
    private static final int PACK_DIGITS = 8;

    /** A pack. */
    public ObjectKey pack(PackName pack) {
        String number = Integer.toString(pack.number());
        return new ObjectKey(packs(pack) + "0".repeat(Math.max(0, PACK_DIGITS - number.length())) + number);
    }

    /** What the names of all packs of the attempt that wrote this one begin with. */
    public String packs(PackName pack) {
        return packs(pack.backup(), pack.attempt());
    }

    /** What the keys of all packs of an attempt begin with. */
    public String packs(BackupId backup, AttemptId attempt) {
        return prefix() + "packs/" + backup + "/" + attempt + "/";
    }

    /** A shared map. */
    public ObjectKey map(MapId id) {
        return key("maps/" + id.hex().substring(0, 2) + "/" + id.hex());
    }

    /** The index that an attempt wrote. */
    public ObjectKey index(BackupId backup, AttemptId attempt) {
        return key("indexes/" + backup + "/" + attempt);
    }

    /** What the keys of all indexes begin with. */
    public String indexes() {
        return prefix() + "indexes/";
    }

    /** What the keys of all packs begin with. */
    public String packs() {
        return prefix() + "packs/";
    }

    /** What the keys of all shared maps begin with. */
    public String maps() {
        return prefix() + "maps/";
    }

    /** Says that an attempt is on its way which may use what a parent refers to. */
    public ObjectKey intent(BackupId backup, AttemptId attempt, String parent) {
        return key("intents/" + backup + "/" + attempt + "/" + parent);
    }

    /** What the keys of all intents begin with. */
    public String intents() {
        return prefix() + "intents/";
    }

    /** Says that a backup is deleted. */
    public ObjectKey tombstone(BackupId backup) {
        return key("tombstones/" + backup);
    }

    /** What the keys of all tombstones begin with. */
    public String tombstones() {
        return prefix() + "tombstones/";
    }

    /** Says that a backup is not to be deleted, whatever a policy says. */
    public ObjectKey hold(BackupId backup, String hold) {
        return key("holds/" + backup + "/" + hold);
    }

    /** What the keys of all holds begin with. */
    public String holds() {
        return prefix() + "holds/";
    }

    /** Says when the sweeper first saw an attempt that had not ended. */
    public ObjectKey sighting(BackupId backup, AttemptId attempt) {
        return key("sightings/" + backup + "/" + attempt);
    }

    /** What the keys of all sightings begin with. */
    public String sightings() {
        return prefix() + "sightings/";
    }

    /** The manifest of a backup. */
    public ObjectKey manifest(BackupId backup) {
        return key("manifests/" + backup);
    }

    /** What the keys of all manifests begin with. */
    public String manifests() {
        return prefix() + "manifests/";
    }

    /** A complete segment. */
    public ObjectKey walSegment(WalSegmentName name) {
        return key("wal/" + timeline(name.timeline()) + "/" + name);
    }

    /** What the keys of a segment's increments begin with. */
    public String walIncrements(WalSegmentName name) {
        return walSegment(name).value() + ".";
    }

    /** The bytes of a segment from {@code from} to {@code to}, exclusive. */
    public ObjectKey walIncrement(WalSegmentName name, int from, int to) {
        return new ObjectKey(walIncrements(name) + "%08x-%08x".formatted(from, to));
    }

    /** The history file of a timeline. */
    public ObjectKey timelineHistory(int timeline) {
        return key("wal/" + timeline(timeline) + ".history");
    }

    /** What the keys of everything of the log begin with. */
    public String wal() {
        return prefix() + "wal/";
    }

    /** What the keys of all verdicts on objects of the log begin with. */
    public String walVerdicts() {
        return prefix() + "wal-verdicts/";
    }

    /** What the keys of the verdicts on one object of the log begin with. */
    public String walVerdicts(ObjectKey object) {
        return walVerdicts() + object.lastSegment() + "/";
    }

    /** A verdict on an object of the log. */
    public ObjectKey walVerdict(ObjectKey object, String verdict) {
        return new ObjectKey(walVerdicts(object) + verdict);
    }

    /** What the keys of the index of times and positions begin with. */
    public String walTimes() {
        return prefix() + "wal-times/";
    }

    /** The history file of a timeline once more, for whoever watches and cannot open the log. */
    public ObjectKey watchedHistory(int timeline) {
        return new ObjectKey(walTimes() + timeline(timeline) + ".history");
    }

    /** A key, wrapped for a recipient. */
    public ObjectKey wrappedKey(KeyId id, String recipient) {
        return new ObjectKey(wrappedKeys(id) + recipient);
    }

    /** What the names of all wrapped forms of a key begin with. */
    public String wrappedKeys(KeyId id) {
        return wrappedKeys() + id + "/";
    }

    /** What the names of all wrapped keys begin with. */
    public String wrappedKeys() {
        return prefix() + "keys/";
    }

    /** What the names of the reports of a backup's drills begin with. */
    public String drills(BackupId backup) {
        return prefix() + "drills/" + backup + "/";
    }

    /** What all keys of this place begin with. */
    public String prefix() {
        return target + "/" + place + "/";
    }

    private ObjectKey key(String rest) {
        return new ObjectKey(prefix() + rest);
    }

    private static String timeline(int timeline) {
        return "%08X".formatted(timeline);
    }
}
