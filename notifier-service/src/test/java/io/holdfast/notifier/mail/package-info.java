/** How mails read, and how mail servers are spoken to. */
@NullMarked
package io.holdfast.notifier.mail;

import org.jspecify.annotations.NullMarked;
