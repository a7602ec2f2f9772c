package io.holdfast.repository.key;

import io.holdfast.repository.seal.KeyId;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a key is wrapped for, beside for whom: key services bind it to what they wrap, so that it opens for nothing else.
 * Each attempt at a backup has a data key of its own, so the key stands for the backup.
 *
 * @param repository the repository's identifier
 */
public record KeyContext(String repository, String target, String place, KeyId key) {
    /** The same as names and values, which are no secrets. */
    public Map<String, String> pairs() {
        Map<String, String> pairs = new TreeMap<>();
        pairs.put("holdfast_repository", repository);
        pairs.put("holdfast_target", target);
        pairs.put("holdfast_place", place);
        pairs.put("holdfast_key", key.hex());
        return pairs;
    }
}
