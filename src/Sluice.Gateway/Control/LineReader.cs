namespace Sluice.Gateway.Control;

/// <summary>Reads lines of a stream up to a limit.</summary>
internal sealed class LineReader(Stream stream, int bytesMax)
{
    private byte[] buffer = new byte[Math.Min(4096, bytesMax)];
    private int start;
    private int end;

    /// <summary>The next line without its end, valid until the next call; null at the end of the stream.</summary>
    /// <exception cref="IOException">A line is longer than the limit.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellation)
    {
        int searched = 0;
        while (true)
        {
            int at = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                ReadOnlyMemory<byte> line = buffer.AsMemory(start, searched + at);
                start += searched + at + 1;
                return line;
            }

            searched = end - start;
            if (searched >= bytesMax) throw new IOException($"a line of more than {bytesMax} bytes");
            MakeRoom();
            int got = await stream.ReadAsync(buffer.AsMemory(end), cancellation);
            if (got == 0) return null;
            end += got;
        }
    }

    private void MakeRoom()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length) Array.Resize(ref buffer, Math.Min(buffer.Length * 2, bytesMax + 1));
    }
}
