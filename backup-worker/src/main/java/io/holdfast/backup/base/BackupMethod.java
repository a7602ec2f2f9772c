package io.holdfast.backup.base;

import io.holdfast.repository.manifest.BackupDetails;

/** How an incremental backup came to its bytes. The better ones come last. */
public enum BackupMethod {
    /** All was read and stored: there was nothing to compare with. */
    FULL("full"),
    /** All was read, and compared with the parent page by page. */
    PAGE_COMPARE("page_compare"),
    /** The server sent only what had changed since the parent. */
    SERVER_INCREMENTAL(BackupDetails.SERVER_INCREMENTAL);

    /** The label of a backup's manifest that holds the method's name. */
    public static final String LABEL = BackupDetails.METHOD_LABEL;

    /** The label of a backup's manifest that says why no better method was used. */
    public static final String REASON_LABEL = BackupDetails.FALLBACK_REASON_LABEL;

    private final String wireName;

    BackupMethod(String wireName) {
        this.wireName = wireName;
    }

    /** Its name in manifests and events. */
    public String wireName() {
        return wireName;
    }
}
