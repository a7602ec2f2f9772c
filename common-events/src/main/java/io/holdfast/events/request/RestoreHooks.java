package io.holdfast.events.request;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Programs of the restoring host, by the names under which its operator laid them ready. Never a command: who may ask for a
 * restore may not thereby run what he likes.
 *
 * @param before run one after the other before anything is touched, such as those that stop what uses the cluster; one that
 *               fails ends the restore; absent: none
 * @param after  run one after the other at the end, whatever came of the restore; absent: none
 */
public record RestoreHooks(
        @Nullable List<String> before, @Nullable List<String> after) {
    public RestoreHooks {
        before = before == null ? null : List.copyOf(before);
        after = after == null ? null : List.copyOf(after);
    }
}
