"""What engineers call their changes: one idea in three wordings, and three ideas that sound alike; each with its error category."""

ONE_IDEA = [
    [
        ("Staleness check on incoming data", "stale_data"),
        ("Check timestamps of incoming files for staleness", "stale-data"),
        ("Reject incoming data that is outdated: staleness check", "stale_data"),
    ],
    [
        ("Validate schema before parsing", "parse_error"),
        ("Schema validation ahead of the parser", "parse_error"),
        ("Added schema validation step before parse", "parsing_errors"),
    ],
    [
        ("Add retry logic to external API calls", "transient_errors"),
        ("Retry logic for external API requests", "transient_errors"),
        ("External API calls now use retry logic", "transient_errors"),
    ],
    [
        ("Cache exchange rates for an hour", "rate_limit"),
        ("Local cache of exchange rates", "rate_limit"),
        ("Keep exchange rates in a cache", "throttled"),
    ],
    [
        ("Deduplicate messages by idempotency key", "duplicate_orders"),
        ("Idempotency key on messages", "duplicate_orders"),
        ("Use idempotency keys to drop repeated messages", "duplicate_records"),
    ],
    [
        ("Increase connection pool size", "connection_pool_exhausted"),
        ("Larger connection pool", "connection_pool_exhausted"),
        ("Raise size of the connection pool", "pool_exhausted"),
    ],
    [
        ("Circuit breaker around vendor client", "vendor_timeout"),
        ("Circuit breaker for calls to the vendor", "vendor_timeout"),
        ("Wrap vendor calls in circuit breaker", "timeout"),
    ],
    [
        ("Write to a temporary file and rename atomically", "partial_file"),
        ("Atomic rename after writing temp file", "truncated_file"),
        ("Write temp file then atomic rename", "partial_write"),
    ],
    [
        ("Batch database inserts", "db_lock"),
        ("Insert into the database in batches", "db_lock"),
        ("Database inserts are batched", "deadlock"),
    ],
    [
        ("Pin dependency versions", "import_error"),
        ("Pinned versions of dependencies", "import_error"),
        ("Lock dependency versions", "import_error"),
    ],
    [
        ("Add retry logic to payment gateway calls", "transient_errors"),
        ("Retry payment gateway requests on failure", "transient_errors"),
        ("Retry failed payment gateway calls", "transient_errors"),
    ],
    [
        ("Introduced exponential backoff for API retries", "api_timeout"),
        ("Exponential backoff on API calls", "api_timeout"),
        ("API client now backs off exponentially", "api_timeout"),
    ],
    [
        ("Reject files older than two refresh intervals", "stale_data"),
        ("Skip files older than the refresh interval", "stale_data"),
        ("Flag files that are older than expected refresh interval", "stale_data"),
    ],
    [
        ("Normalise timestamps to UTC on ingest", "timezone_error"),
        ("Convert all timestamps to UTC when ingesting", "timezone_error"),
        ("Ingested timestamps are converted to UTC", "timezone_mismatch"),
    ],
    [
        ("Use streaming parser for large files", "out_of_memory"),
        ("Streaming parser for big files", "out_of_memory"),
        ("Parse large files as a stream", "memory_exhausted"),
    ],
    [
        ("Cache DNS lookups", "dns_timeout"),
        ("DNS results are cached locally", "dns_timeout"),
        ("Added a local DNS cache", "dns_timeout"),
    ],
    [
        ("Refresh auth token before expiry", "auth_expired"),
        ("Renew the auth token ahead of expiry", "auth_expired"),
        ("Proactive refresh of auth tokens", "token_expired"),
    ],
    [
        ("Add a lock file around the nightly job", "race_condition"),
        ("Lock file prevents nightly jobs from overlapping", "race_condition"),
        ("Nightly job takes a lock file", "race_condition"),
    ],
    [
        ("Add dead letter queue for bad messages", "poison_message"),
        ("Dead-letter queue for messages that fail", "poison_message"),
        ("Route bad messages to a dead letter queue", "poison_message"),
    ],
    [
        ("Adding retry logic to external API calls", "transient_error"),
        ("Retry on transient API failures", "transient_error"),
        ("Automatic retries for external API", "transient_error"),
    ],
    [
        ("Input validation at the boundary", "validation_error"),
        ("Validate inputs at the boundary", "validation_error"),
        ("Boundary validation of input", "validation_error"),
    ],
    [
        ("Rate limiter on outgoing requests", "rate_limited"),
        ("Throttle outgoing requests with a rate limiter", "rate_limited"),
        ("Outgoing request rate limiter", "rate_limited"),
    ],
    [
        ("Add index on customer_id", "slow_query"),
        ("Index the customer_id column", "slow_query"),
        ("Created an index for customer_id", "slow_query"),
    ],
    [
        ("Check disk space before writing", "disk_full"),
        ("Verify free disk space prior to write", "disk_full"),
        ("Disk space check before each write", "disk_full"),
    ],
    [
        ("Health check before routing traffic", "connection_refused"),
        ("Health checks before traffic is routed", "connection_refused"),
        ("Only route traffic after a health check", "connection_refused"),
    ],
    [
        ("Staleness check", "stale_data"),
        ("Staleness checks on input files", "stale_data"),
        ("Check staleness of inputs", "stale_data"),
    ],
    [
        ("Retry with backoff", "timeout"),
        ("Retry with exponential backoff", "timeout"),
        ("Retries with backoff and jitter", "timeout"),
    ],
]
"""Three wordings of one change against one kind of error."""
SEVERAL_IDEAS = [
    [
        ("Retry external API calls with exponential backoff", "timeout"),
        ("Circuit breaker around external API", "timeout"),
        ("Increase the timeout of external API calls", "timeout"),
    ],
    [
        ("Staleness check on incoming data", "stale_data"),
        ("Refresh cache every 5 minutes", "stale_data"),
        ("Switch to streaming feed", "stale_data"),
    ],
    [
        ("Validate schema before parsing", "parse_error"),
        ("Fall back to a lenient parser", "parse_error"),
        ("Normalise encoding to UTF-8", "parse_error"),
    ],
    [
        ("Lower the anomaly threshold", "false_positive"),
        ("Raise the anomaly threshold", "false_positive"),
        ("Train the anomaly model monthly", "false_positive"),
    ],
    [
        ("Staleness check on incoming data", "stale_data"),
        ("Staleness check on incoming data", "login_failures"),
        ("Staleness check on incoming data", "disk_full"),
    ],
    [
        ("Add a null check", "null_values"),
        ("Add a timestamp check", "null_values"),
        ("Add a currency check", "null_values"),
    ],
    [("Increase worker memory", "oom"), ("Process file in chunks", "oom"), ("Limit worker concurrency", "oom")],
    [("Increase the batch size", "slow"), ("Decrease the batch size", "slow"), ("Drop batches", "slow")],
    [("Improve error handling", "crash"), ("Improve logging", "crash"), ("Improve startup", "crash")],
    [
        ("Add retry logic to payment gateway calls", "transient_errors"),
        ("Cache payment gateway responses", "transient_errors"),
        ("Switch payment gateway provider", "transient_errors"),
    ],
    [
        ("Null checks before rendering prices", "null_values"),
        ("Default price of zero in feed", "null_values"),
        ("Drop rows without price", "null_values"),
    ],
    [
        ("Use streaming parser for large files", "out_of_memory"),
        ("Split large files", "out_of_memory"),
        ("Compress large files", "out_of_memory"),
    ],
    [
        ("Refresh auth token before expiry", "auth_expired"),
        ("Longer token lifetime", "auth_expired"),
        ("Retry login once", "auth_expired"),
    ],
    [
        ("Add index on customer_id", "slow_query"),
        ("Add index on order_date", "slow_query"),
        ("Partition orders by month", "slow_query"),
    ],
    [
        ("Validate email addresses", "validation_error"),
        ("Validate phone numbers", "validation_error"),
        ("Validate postal codes", "validation_error"),
    ],
    [
        ("Increase timeout of feed reader", "timeout"),
        ("Decrease timeout of feed reader", "timeout"),
        ("Retry feed reader", "timeout"),
    ],
    [
        ("Check disk space before writing", "disk_full"),
        ("Rotate logs daily", "disk_full"),
        ("Delete temporary files", "disk_full"),
    ],
    [
        ("Add retry logic to external API calls", "transient_errors"),
        ("Add retry logic to external API calls", "parse_errors"),
        ("Add retry logic to external API calls", "stale_data"),
    ],
    [("Improve prompt", "hallucination"), ("Improve retrieval", "hallucination"), ("Improve ranking", "hallucination")],
    [
        ("Use smaller model for summaries", "latency"),
        ("Use larger model for summaries", "latency"),
        ("Stream summaries", "latency"),
    ],
    [
        ("Health check before routing traffic", "connection_refused"),
        ("Schema check before loading", "connection_refused"),
        ("Spell check before sending", "connection_refused"),
    ],
]
"""Different changes against one error, or one change against different errors."""
UNSEEN_ONE_IDEA = [
    [
        ("Compute checksums of downloaded archives", "corrupt_download"),
        ("Verify archive checksum after download", "corrupt_download"),
        ("Checksum verification for downloaded archives", "corrupt_download"),
    ],
    [
        ("Warm up the model before serving", "cold_start_latency"),
        ("Model warm-up before first request", "cold_start_latency"),
        ("Preload and warm the model prior to serving", "cold_start_latency"),
    ],
    [
        ("Escape HTML in user comments", "xss"),
        ("HTML escaping for user comments", "xss"),
        ("User comments are HTML-escaped", "xss"),
    ],
    [
        ("Fall back to yesterday's rates when feed is down", "feed_outage"),
        ("Use yesterday's rates if the feed is unavailable", "feed_outage"),
        ("Fallback to previous day rates during feed outage", "feed_outage"),
    ],
    [
        ("Set explicit encoding when opening CSV", "encoding_error"),
        ("Open CSV files with explicit UTF-8 encoding", "encoding_error"),
        ("Explicit encoding for CSV reads", "encoding_error"),
    ],
    [
        ("Paginate the orders query", "query_timeout"),
        ("Orders query now paginated", "query_timeout"),
        ("Pagination of orders query", "query_timeout"),
    ],
    [
        ("Ask the model to cite sources", "hallucination"),
        ("Require citations of sources in answers", "hallucination"),
        ("Answers must cite their sources", "hallucination"),
    ],
    [
        ("Truncate long context before summarising", "context_overflow"),
        ("Truncate context that is too long before summary", "context_overflow"),
        ("Long context is truncated before summarization", "context_overflow"),
    ],
    [
        ("Stagger cron jobs to avoid contention", "db_lock"),
        ("Staggered cron schedule", "db_lock"),
        ("Stagger scheduled cron jobs", "db_lock"),
    ],
    [
        ("Use connection keep-alive", "connection_reset"),
        ("Enable keep-alive on connections", "connection_reset"),
        ("HTTP keep-alive connections", "connection_reset"),
    ],
    [
        ("Alert when heartbeat is missing", "silent_failure"),
        ("Alerting on missing heartbeat", "silent_failure"),
        ("Missing heartbeat raises an alert", "silent_failure"),
    ],
    [
        ("Make the import idempotent", "duplicate_rows"),
        ("Idempotent import", "duplicate_rows"),
        ("Import is idempotent now", "duplicate_row"),
    ],
]
"""The same, written when the rule stood, which was not changed for them."""
UNSEEN_SEVERAL_IDEAS = [
    [
        ("Compute checksums of downloaded archives", "corrupt_download"),
        ("Resume interrupted downloads", "corrupt_download"),
        ("Download archives over TLS", "corrupt_download"),
    ],
    [
        ("Warm up the model before serving", "cold_start_latency"),
        ("Quantise the model", "cold_start_latency"),
        ("Keep one worker alive", "cold_start_latency"),
    ],
    [
        ("Ask the model to cite sources", "hallucination"),
        ("Lower the temperature", "hallucination"),
        ("Ask the model twice and compare", "hallucination"),
    ],
    [
        ("Paginate the orders query", "query_timeout"),
        ("Materialise the orders query", "query_timeout"),
        ("Kill long orders query", "query_timeout"),
    ],
    [
        ("Stagger cron jobs to avoid contention", "db_lock"),
        ("Use WAL mode", "db_lock"),
        ("Shorter transactions", "db_lock"),
    ],
    [
        ("Alert when heartbeat is missing", "silent_failure"),
        ("Restart when heartbeat is missing", "silent_failure"),
        ("Log when heartbeat is missing", "silent_failure"),
    ],
    [
        ("Escape HTML in user comments", "xss"),
        ("Escape HTML in user comments", "billing_mismatch"),
        ("Escape HTML in user comments", "gpu_fault"),
    ],
    [("Raise memory limit of importer", "oom"), ("Lower memory limit of importer", "oom"), ("Import nightly", "oom")],
    [
        ("Truncate long context before summarising", "context_overflow"),
        ("Summarise in two passes", "context_overflow"),
        ("Larger context window", "context_overflow"),
    ],
    [
        ("Open CSV files with explicit UTF-8 encoding", "encoding_error"),
        ("Convert CSV files to parquet", "encoding_error"),
        ("Reject CSV files with a BOM", "encoding_error"),
    ],
]
"""The same."""
