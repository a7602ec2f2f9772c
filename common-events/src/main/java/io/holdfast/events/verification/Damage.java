package io.holdfast.events.verification;

import org.jspecify.annotations.Nullable;

/**
 * One place where stored bytes are not what was written.
 *
 * @param object the object's key in the repository
 * @param file   the file of the backup that it touches; absent when it touches the backup as a whole
 * @param what   what is wrong
 */
public record Damage(String object, @Nullable String file, String what) {}
