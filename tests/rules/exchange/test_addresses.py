"""Which hosts a variable names, by its name and its value."""

import pytest

from server.exchange.compose.addresses import addresses_in, evidence_for, is_secret


def hosts(variable: str, value: str) -> list[str]:
    return [address.host for address in addresses_in(variable, value)]


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("KAFKA_ADDR", "kafka:9092", ["kafka"]),
        ("FLAGD_HOST", "flagd", ["flagd"]),
        ("PGHOST", "db", ["db"]),
        ("DATABASE_URL", "postgres://user:pass@db:5432/app?sslmode=disable", ["db"]),
        ("DATABASE_URL", "postgres://user:p/a#ss@db:5432/app", ["db"]),
        ("DATABASE_URL", "postgresql+psycopg2://u:p%40x@db/app", ["db"]),
        ("ANYTHING", "http://identity-api", ["identity-api"]),
        ("JAVA_OPTS", "-Dx=1 -Deureka.url=http://registry:8761/eureka -Xmx1g", ["registry"]),
        ("SPRING_DATASOURCE_URL", "jdbc:postgresql://db:5432/app", ["db"]),
        ("DB_URL", "jdbc:oracle:thin:@oracle:1521:xe", ["oracle"]),
        ("MONGO_URI", "mongodb://a:b@m1:27017,m2:27017/x?replicaSet=r", ["m1", "m2"]),
        ("KAFKA_BOOTSTRAP_SERVERS", "kafka1:9092,kafka2:9092", ["kafka1", "kafka2"]),
        ("BOOTSTRAP_SERVERS", "PLAINTEXT://broker:29092", ["broker"]),
        ("ELASTICSEARCH_HOSTS", '["http://es01:9200","http://es02:9200"]', ["es01", "es02"]),
        ("URLS", "http://a:1,http://b:2", ["a", "b"]),
        ("KAFKA_ZOOKEEPER_CONNECT", "zookeeper:2181", ["zookeeper"]),
        ("ConnectionStrings__Default", "Server=sql,1433;Database=x;User Id=sa;Password=y", ["sql"]),
        ("ConnectionString", "Server=sqldata;Database=x;User Id=sa;Password=y", ["sqldata"]),
        ("POSTGRES_DSN", "host=db port=5432 user=u password=p", ["db"]),
        ("DB_DSN", "user:pass@tcp(mysql:3306)/app", ["mysql"]),
        ("EventBusConnection", "rabbitmq", ["rabbitmq"]),
        ("ConnectionStrings__Redis", "basketdata", ["basketdata"]),
        ("discovery.seed_hosts", "es02,es03", ["es02", "es03"]),
        ("CONNECT_CLUSTER", "connect:8083", ["connect"]),
        ("REDIS_URL", "redis://:secret@cache:6379/0", ["cache"]),
        ("RABBIT_URL", "amqp://guest:guest@rabbit", ["rabbit"]),
        ("DB_HOST_2", "replica", ["replica"]),
        # no address is meant
        ("MYSQL_DATABASE", "db", []),
        ("CACHE_DRIVER", "redis", []),
        ("REDIS_IMAGE", "redis:6379", []),
        ("BASE", "python:3", []),
        ("GREETING", "kafka is a host", []),
        ("SOCKET_HOST", "/var/run/docker.sock", []),
        ("SOCKET", "unix:///var/run/docker.sock", []),
        # names that say who may come in, or where one is to be found
        ("NO_PROXY", "db,kafka", []),
        ("CORS_ALLOWED_ORIGINS", "http://frontend:3000", []),
        ("ALLOWED_HOSTS", "web", []),
        ("Identity__ExternalUrl", "http://identity", []),
        ("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://kafka:9092", []),
        ("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@kafka1:9093", []),
        # a secret's value names no host, whatever it looks like
        ("POSTGRES_PASSWORD", "postgres", []),
        ("API_KEY", "redis:6379", []),
    ],
)
def test_hosts_are_taken_from_what_means_an_address(variable: str, value: str, named: list[str]) -> None:
    assert hosts(variable, value) == named


def test_evidence_has_no_credentials_no_path_and_no_query() -> None:
    (address,) = addresses_in("DATABASE_URL", "postgres://user:hunter2@db:5432/app?password=hunter2")
    assert evidence_for("DATABASE_URL", address) == "environment DATABASE_URL=postgres://db:5432"


def test_the_value_of_a_secret_is_withheld_even_where_it_is_an_address() -> None:
    (address,) = addresses_in("VAULT_TOKEN_URL", "http://vault:8200/hunter2")
    assert evidence_for("VAULT_TOKEN_URL", address) == "environment VAULT_TOKEN_URL (value withheld)"


@pytest.mark.parametrize(
    "name", ["DB_PASSWORD", "apiKey", "SECRET_KEY_BASE", "GITHUB_TOKEN", "NEO4J_AUTH", "db.passwd"]
)
def test_secret_names_are_known(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ["KEYCLOAK_URL", "MONKEY", "DATABASE_URL", "AUTHOR", "AUTH_URL", "COMPASS_HOST"])
def test_ordinary_names_are_no_secrets(name: str) -> None:
    assert not is_secret(name)


def test_a_long_value_is_not_searched() -> None:
    assert hosts("X_URL", "http://db " * 100_000) == []
