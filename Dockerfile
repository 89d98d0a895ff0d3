# The bot alone; its steps are packaging/install.sh, which CI runs without Docker.
FROM python:3.13-slim-trixie AS build
COPY pyproject.toml README.md LICENSE requirements-runtime.lock /source/
COPY packaging/install.sh /source/packaging/
COPY bot /source/bot
COPY handlers /source/handlers
COPY integrations /source/integrations
RUN sh /source/packaging/install.sh /opt/vssbot python3

FROM python:3.13-slim-trixie
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/vssbot vssbot
COPY --from=build /opt/vssbot /opt/vssbot
ENV PATH=/opt/vssbot/bin:$PATH VSSBOT_CONFIG=/var/lib/vssbot/vssbot.toml PYTHONUNBUFFERED=1
USER vssbot
WORKDIR /var/lib/vssbot
VOLUME /var/lib/vssbot
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["vssbot", "health"]
ENTRYPOINT ["vssbot"]
CMD ["serve"]
