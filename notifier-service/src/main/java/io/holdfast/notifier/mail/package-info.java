/** The channel that writes mails. */
@NullMarked
package io.holdfast.notifier.mail;

import org.jspecify.annotations.NullMarked;
