package io.holdfast.scheduler.restore;

import io.holdfast.events.request.RestoreHooks;
import io.holdfast.scheduler.request.RequestRefusedException;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The hooks that an order asks for. What is there only the restoring host knows. Pure. */
final class OrderedHooks {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final int MOST = 20;

    private OrderedHooks() {}

    /**
     * What the order says; nothing where it names none.
     *
     * @throws RequestRefusedException when a name cannot be one
     */
    static @Nullable RestoreHooks of(RestoreOrder order) {
        RestoreHooks hooks = order.hooks();
        if (hooks == null) {
            return null;
        }
        List<String> before = names("hooks.before", hooks.before());
        List<String> after = names("hooks.after", hooks.after());
        return before.isEmpty() && after.isEmpty()
                ? null
                : new RestoreHooks(before.isEmpty() ? null : before, after.isEmpty() ? null : after);
    }

    private static List<String> names(String field, @Nullable List<String> names) {
        if (names == null) {
            return List.of();
        }
        if (names.size() > MOST
                || !names.stream().allMatch(each -> NAME.matcher(each).matches())) {
            throw new RequestRefusedException(
                    Why.INVALID,
                    field + " has more than " + MOST + " entries, or one that is no hook's name",
                    "name programs in HOLDFAST_RESTORE_HOOKS of the site's restore-worker: 1 to 63 lower-case letters,"
                            + " digits, '.', '_' or '-'");
        }
        return names;
    }
}
